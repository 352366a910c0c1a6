using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.Demo;

/// <summary>The demo: one live stream from publisher to viewer through real servers, judged at the end.</summary>
internal static class DemoRun
{
    private const string Id = "demo";

    // EX_CONFIG of sysexits.h.
    private const int BadConfiguration = 78;
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Beyond clip and delay: starting, ending, a busy machine.
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    // What was sent before the run ended is at the viewer by then.
    private static readonly TimeSpan s_arrival = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <returns>Whether everything that was judged holds.</returns>
    public static async Task<bool> Run(DemoOptions options, CancellationToken cancel)
    {
        var folder = Path.Combine(Repository.Root, "artifacts/demo");
        var work = Path.Combine(folder, "work");
        using var taken = Preflight.TakeFolder(folder, work);
        try
        {
            Preflight.Check(options);
            // Whatever the servers leave on disk goes with the work folder.
            Environment.SetEnvironmentVariable("TMPDIR", work);
            var clip = options.IsFixture ? Path.Combine(FixtureFiles.Folder, options.Clip + ".flv") : ToFlv(options.Clip, work);
            using var progress = new Progress(Path.Combine(folder, "service.log"));
            return await Run(options, clip, folder, progress, cancel);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task<bool> Run(DemoOptions options, string clip, string folder, Progress progress, CancellationToken cancel)
    {
        await using var stage = await Start(options, progress).WaitAsync(cancel);
        // Stopped by the user: nobody waits for what is inside to be played out.
        using var killed = cancel.Register(() =>
        {
            progress.Dispose();
            stage.Service.Kill();
        });
        var output = Path.Combine(folder, "out.flv");
        Introduce(stage, options, clip, progress);
        await using var take = Take.Start(stage, Id, clip, outputFile: output);
        var limit = TimeSpan.FromMilliseconds(take.Clip.VideoEndMs) + options.Fragment + options.StsTimeout + s_slack;
        var filling = progress.Fill(stage, take, cancel);
        var finish = Finish(stage, take, progress, limit, cancel);
        // A fault of the progress ends the demo, its completion does not.
        if (await Task.WhenAny(finish.WaitAsync(cancel), filling) is var first && first == filling)
            await filling;
        var result = await finish.WaitAsync(cancel);

        progress.Line("  checking what the viewer got");
        var report = await Judge(options, stage, result).WaitAsync(cancel);
        Write(Path.Combine(folder, "report.json"), options, report, result);
        Console.WriteLine();
        Console.Write(report.ToTable());
        Console.WriteLine();
        Console.WriteLine($"  recording {Relative(output)}, report {Relative(Path.Combine(folder, "report.json"))}, log {Relative(Path.Combine(folder, "service.log"))}");
        Console.WriteLine(report.Ok
            ? "  Everything holds."
            : $"  Does not hold: {string.Join(", ", report.Lines.Where(line => !line.Ok).Select(line => line.Name))}.");
        return report.Ok;
    }

    private static async Task<Stage> Start(DemoOptions options, Progress progress)
    {
        progress.Line("Starting media server, STS server and service");
        try
        {
            return await Stage.Start(Staged(options, progress));
        }
        catch (InvalidOperationException e) when (e.Message.Contains($"ended with code {BadConfiguration}", StringComparison.Ordinal))
        {
            // The service has written a line a fault.
            throw new DemoException(string.Join("\ndemo: ", e.Message.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim())));
        }
    }

    private static StageOptions Staged(DemoOptions options, Progress progress) =>
        new()
        {
            Ids = [Id],
            Port = options.Port,
            Fragment = options.Fragment,
            StsTimeout = options.StsTimeout,
            Pipeline = options.Pipeline,
            // So that the readers are there at the first packet and the end is not waited for.
            KeepIdleReaders = true,
            Service = new Dictionary<string, string?> { ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1" },
            Echo = new Dictionary<string, string?> { ["ECHO_PROCESSING_DELAY_MS"] = options.StsDelay.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) },
            OnServiceLine = progress.ServiceLine,
        };

    private static void Introduce(Stage stage, DemoOptions options, string clip, Progress progress)
    {
        progress.Line(string.Create(CultureInfo.InvariantCulture, $"""
              media server  {stage.Media.RtmpBase} ({(MediaMtx.Executable is null ? "nginx" : "MediaMTX")})
              STS server    {stage.Echo.Url} (echo, takes {options.StsDelay.TotalMilliseconds:0} ms of the {options.StsTimeout.TotalMilliseconds:0} ms that it may)
              service       {stage.Service.Url}v1/streams/{Id}
              watch it      ffplay {stage.Media.RtmpUrl($"live/{Id}/out")}
            Publishing {Relative(clip)} to live/{Id}/in
            """));
    }

    private static async Task<TakeResult> Finish(Stage stage, Take take, Progress progress, TimeSpan limit, CancellationToken cancel)
    {
        var finish = take.Finish(limit);
        if (await Task.WhenAny(take.Publisher.Finished, finish) != finish)
            progress.Line("  everything is published; playing out what is inside");
        // The media server keeps idle readers, so nothing tells the viewer of the end: it leaves when the run is over.
        while (!finish.IsCompleted && (string?)(await Progress.Status(stage, take.Id, cancel))?["state"] is not ("idle" or "degraded"))
            await Task.WhenAny(finish, Task.Delay(s_look, cancel));
        await Task.WhenAny(finish, Task.Delay(s_arrival, cancel));
        await take.Output.StopAsync();
        return await finish;
    }

    private static async Task<MeasureReport> Judge(DemoOptions options, Stage stage, TakeResult result)
    {
        List<Task<CheckResult>> checks =
        [
            Task.Run(() => VideoCheck.Run(result.Clip, result.Output, relayedAsIs: result.RelayedAsIs)),
            Task.Run(() => AudioCheck.Run(result.Output)),
            Task.Run(() => PacingCheck.Run(result.Output)),
        ];
        // Other clips have no beeps and flashes to go by.
        if (options.IsFixture)
        {
            checks.Insert(2, Task.Run(() => AvCheck.Run(result.Clip, result.Output)));
            checks.Add(Task.Run(() => DelayCheck.Run(result.Input, result.Output, (double?)result.Status["delay_seconds"] ?? 0)));
        }
        if (options.Dubs)
            checks.Add(FragmentsCheck.Run(stage, result));
        return new MeasureReport(await Task.WhenAll(checks));
    }

    private static void Write(string file, DemoOptions options, MeasureReport report, TakeResult result)
    {
        var json = JsonNode.Parse(report.ToJson())!.AsObject();
        json["clip"] = options.Clip;
        json["stsDelayMs"] = options.StsDelay.TotalMilliseconds;
        json["stsTimeoutMs"] = options.StsTimeout.TotalMilliseconds;
        json["fragmentMs"] = options.Fragment.TotalMilliseconds;
        json["stream"] = result.Status.DeepClone();
        json["fragments"] = new JsonArray([.. result.Fragments.Select(fragment => fragment.DeepClone())]);
        File.WriteAllText(file, json.ToJsonString(s_json) + "\n");
    }

    // The publisher's packets are compared with the file's: both as FLV.
    private static string ToFlv(string clip, string work)
    {
        var file = Path.Combine(work, "clip.flv");
        var (_, fault) = MediaTool.Ffmpeg(["-i", clip, "-map", "0:v:0", "-map", "0:a:0", "-c", "copy", "-flvflags", "no_duration_filesize", file], []);
        if (fault is not null)
            throw new DemoException($"{clip} can't be published as it is (H.264 and AAC are needed): {fault.Split('\n')[0]}");
        return file;
    }

    private static string Relative(string path) => Path.GetRelativePath(Environment.CurrentDirectory, path);
}
