using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dubbing.Testing.Scenarios;

namespace Dubbing.Demo;

/// <summary>What the user sees while the stream runs: the delay line filling, a line a fragment, and what goes wrong. Also keeps the
/// service's log in a file. Thread-safe.</summary>
internal sealed partial class Progress(string logFile) : IDisposable
{
    // Between status lines where there is no terminal to write them over each other.
    private static readonly TimeSpan s_plainPause = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly StreamWriter _log = new(logFile) { AutoFlush = true };
    private readonly bool _terminal = !Console.IsOutputRedirected;
    private bool _statusShown, _headed, _closed;

    /// <summary>Takes a line of the service's log.</summary>
    public void ServiceLine(string line)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _log.WriteLine(line);
            if (FragmentDecided().Match(line) is { Success: true } fragment)
                Fragment(fragment);
            else if (Trouble().Match(line) is { Success: true } trouble)
                Print($"  service: {trouble.Groups["text"].Value}");
        }
    }

    /// <summary>Prints a line.</summary>
    public void Line(string text)
    {
        lock (_lock)
            Print(text);
    }

    /// <summary>Shows how long the first output takes, until it is there or the stream ends without any.</summary>
    public async Task Fill(Stage stage, Take take, CancellationToken cancel)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await Task.WhenAny(take.Output.FirstVideo, take.Output.Ended, Task.Delay(_terminal ? TimeSpan.FromMilliseconds(250) : s_plainPause, cancel)) is { } first
            && first != take.Output.FirstVideo && first != take.Output.Ended)
        {
            cancel.ThrowIfCancellationRequested();
            var status = await Status(stage, take.Id, cancel);
            if (!take.Output.FirstVideo.IsCompleted)
                ShowStatus(status?["first_output_in_seconds"] is { } seconds
                    ? string.Create(CultureInfo.InvariantCulture, $"  the delay line fills: first output in {Math.Ceiling((double)seconds):0} s")
                    : $"  stream {(string?)status?["state"] ?? "not yet announced by the hook"}");
        }
        if (!take.Output.FirstVideo.IsCompletedSuccessfully)
            return;
        var waited = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var delay = (double?)(await stage.Stream(take.Id))["delay_seconds"];
        Line(string.Create(CultureInfo.InvariantCulture, $"  first output {waited:0.0} s after the publisher's start; delay {delay:0.0} s"));
    }

    /// <summary>What the service says of a stream; null before it knows it.</summary>
    public static async Task<JsonNode?> Status(Stage stage, string id, CancellationToken cancel)
    {
        var streams = JsonNode.Parse(await stage.Service.Http.GetStringAsync(new Uri("/v1/streams", UriKind.Relative), cancel))!["streams"]!;
        return streams.AsArray().FirstOrDefault(stream => (string?)stream!["stream_id"] == id);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _log.Dispose();
        }
    }

    // Under the lock.
    private void Fragment(Match fragment)
    {
        if (!_headed)
            Print("  fragment  begins at   length  sent  answered in  played                  slack");
        _headed = true;
        string Text(string group) => fragment.Groups[group].Value;
        var answered = Text("answered").Length > 0 ? Text("answered") + " ms" : "-";
        var slack = Text("slack").Length > 0 ? Text("slack") + " ms" : "-";
        Print($"  {Text("index"),8}  {Text("start"),7} s  {Text("length"),5} s  {(Text("sent") == "sent" ? "yes" : "no"),4}  {answered,11}  {Text("outcome"),-18}  {slack,9}");
    }

    private void ShowStatus(string text)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            if (_terminal)
                Console.Write($"\r\e[K{text}");
            else
                Console.WriteLine(text);
            _statusShown = _terminal;
        }
    }

    // Under the lock.
    private void Print(string text)
    {
        if (_closed)
            return;
        Console.WriteLine(_statusShown ? $"\r\e[K{text}" : text);
        _statusShown = false;
    }

    [GeneratedRegex(@"fragment (?<index>\d+): (?<start>[\d.]+) s \+ (?<length>[\d.]+) s, (?<sent>sent|not sent), (?:answered in (?<answered>-?\d+) ms|no answer), (?<outcome>.+?)(?:, slack (?<slack>-?\d+) ms)?$")]
    private static partial Regex FragmentDecided();

    [GeneratedRegex(@"^\S+ (?:warn|fail|crit): \S+ (?:=> [^ ]* )*(?<text>.*)$")]
    private static partial Regex Trouble();
}
