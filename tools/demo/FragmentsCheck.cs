using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;

namespace Dubbing.Demo;

/// <summary>
/// What became of every fragment, by four witnesses that don't know each other: the files on disk, the STS server's journal, the service's
/// metrics, and its list of fragments (which it makes from the pipeline's bus). Compared by fragment id.
/// </summary>
internal static class FragmentsCheck
{
    private const string Metric = "media_service_worker_";

    // A file's length is counted in whole AAC frames; 1024 samples at 44.1 kHz.
    private const double LengthToleranceSeconds = 0.024;

    /// <summary>Asks all four after the stream has ended.</summary>
    public static async Task<CheckResult> Run(Stage stage, TakeResult result)
    {
        var problems = new List<string>();
        var journal = Journal.Of(await stage.Echo.Journal(), result.Id);
        var metrics = await stage.Metrics(result.Id);
        var counts = result.Status["fragments"]!;
        var folder = Path.Combine(stage.SegmentFolder, result.Id, (string)result.Status["run_id"]!);
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*_audio.m4a").Order(StringComparer.Ordinal).ToList() : [];

        var known = result.Fragments.ToDictionary(fragment => (string)fragment["id"]!);
        var sent = Ids(result, fragment => (bool)fragment["sent"]!);
        var answered = Ids(result, fragment => fragment["answered_ms"] is not null);
        var dubbed = Ids(result, fragment => (string?)fragment["outcome"] == "dubbed");
        var fallback = Ids(result, fragment => (string?)fragment["outcome"] == "fallback");
        var inFlight = metrics.GetValueOrDefault(Metric + "sts_inflight_fragments");

        Same("cut", ("list", known.Count), ("status", Number(counts["cut"])), ("metrics", Sum("segments_processed_total")), ("files", files.Count));
        Same("sent", ("list", sent.Count), ("status", Number(counts["sent"])), ("metrics", Sum("sts_fragments_sent_total")), ("journal", journal.Received.Count));
        Same("sent = acked + in flight", ("sent", sent.Count), ("status", Number(counts["acked"]) + inFlight), ("journal", journal.ClientAcked.Count + inFlight));
        Same("processed", ("list", answered.Count), ("status", Number(counts["processed"])), ("metrics", Sum("sts_fragments_processed_total")), ("journal", journal.Processed.Count));
        Same("dubbed + fallback = cut", ("cut", known.Count), ("list", dubbed.Count + fallback.Count),
            ("status", Number(counts["dubbed"]) + counts["fallback"]!.AsObject().Sum(reason => Number(reason.Value))));
        Same("fallback", ("list", fallback.Count), ("metrics", metrics.Where(sample => sample.Key.StartsWith("dubbing_fallbacks_total", StringComparison.Ordinal)).Sum(sample => sample.Value)));
        SameIds("sent", sent, journal.Received.Keys);
        SameIds("acknowledged by the server", sent, journal.Acked);
        SameIds("processed", answered, journal.Processed);
        foreach (var id in dubbed.Except(journal.Processed))
            problems.Add($"{id} was played dubbed, but the STS server never answered it");
        if (known.Count == 0)
            problems.Add("no fragment was cut");
        await Task.WhenAll(known.Values.Select(CompareFile));

        return new CheckResult("Fragments", problems.Count == 0, new Dictionary<string, double>
        {
            ["cut"] = known.Count,
            ["files"] = files.Count,
            ["sent"] = sent.Count,
            ["acked"] = journal.Acked.Count,
            ["in flight"] = inFlight,
            ["processed"] = answered.Count,
            ["dubbed"] = dubbed.Count,
            ["fallback"] = fallback.Count,
        }, problems);

        double Sum(string name) => metrics
            .Where(sample => sample.Key == Metric + name || sample.Key.StartsWith(Metric + name + "{", StringComparison.Ordinal)).Sum(sample => sample.Value);

        void Same(string what, params (string Witness, double Count)[] figures)
        {
            if (figures.Any(figure => figure.Count != figures[0].Count))
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {string.Join(", ", figures.Select(figure => $"{figure.Witness} {figure.Count}"))}"));
        }

        void SameIds(string what, IEnumerable<string> service, IEnumerable<string> server)
        {
            var (ours, theirs) = (service.ToHashSet(), server.ToHashSet());
            foreach (var id in ours.Except(theirs))
                problems.Add($"{id} was {what} as the service says, but not as the STS server's journal says");
            foreach (var id in theirs.Except(ours))
                problems.Add($"{id} was {what} as the STS server's journal says, but not as the service says");
        }

        // The files carry the fragment's number, not its id; what was sent under the id has the file's size.
        async Task CompareFile(JsonNode fragment)
        {
            var (id, file) = ((string)fragment["id"]!, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{(long)fragment["index"]!:000000}_audio.m4a")));
            var fault = !File.Exists(file) ? "is not on disk"
                : await Seconds(file) is not { } seconds ? "can't be played"
                : Math.Abs(seconds - (double)fragment["duration_seconds"]!) > LengthToleranceSeconds
                    ? string.Create(CultureInfo.InvariantCulture, $"lasts {seconds:0.000} s, not {(double)fragment["duration_seconds"]!:0.000} s")
                : journal.Received.TryGetValue(id, out var bytes) && bytes != new FileInfo(file).Length ? $"has {new FileInfo(file).Length} bytes, {bytes} were sent"
                : null;
            lock (problems)
            {
                if (fault is not null)
                    problems.Add($"{id}: its file {Path.GetFileName(file)} {fault}");
            }
        }
    }

    private static double Number(JsonNode? node) => (double?)node ?? 0;

    private static HashSet<string> Ids(TakeResult result, Func<JsonNode, bool> wanted) =>
        [.. result.Fragments.Where(wanted).Select(fragment => (string)fragment["id"]!)];

    // Every frame is decoded, so that a file which only looks complete does not pass; null when one can't be.
    private static async Task<double?> Seconds(string file)
    {
        using var probe = Process.Start(new ProcessStartInfo("ffprobe",
            ["-v", "error", "-select_streams", "a:0", "-show_entries", "stream=duration:frame=nb_samples", "-of", "default=noprint_wrappers=1", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = probe.StandardError.ReadToEndAsync();
        var fields = (await probe.StandardOutput.ReadToEndAsync()).Split('\n').ToLookup(line => line.Split('=')[0], line => line[(line.IndexOf('=') + 1)..]);
        await probe.WaitForExitAsync();
        var playable = probe.ExitCode == 0 && (await errors).Length == 0 && fields["nb_samples"].Any();
        return playable && double.TryParse(fields["duration"].FirstOrDefault(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
    }

    /// <summary>What the STS server got and sent of one stream, by fragment id.</summary>
    private sealed record Journal(IReadOnlyDictionary<string, long> Received, HashSet<string> Acked, HashSet<string> Processed, HashSet<string> ClientAcked)
    {
        public static Journal Of(JsonNode journal, string stream)
        {
            var entries = journal.AsArray().Select(entry => entry!)
                .Where(entry => (string?)entry["stream_id"] == stream && entry["fragment_id"] is not null)
                .ToLookup(entry => $"{(string?)entry["dir"]} {(string?)entry["event"]}");
            return new Journal(
                entries["in fragment:data"].Where(entry => (bool?)entry["accepted"] == true).ToDictionary(Id, entry => (long)entry["bytes"]!),
                [.. entries["out fragment:ack"].Select(Id)],
                [.. entries["out fragment:processed"].Select(Id)],
                [.. entries["in fragment:ack"].Select(Id)]);
        }

        private static string Id(JsonNode entry) => (string)entry["fragment_id"]!;
    }
}
