using System.Text.RegularExpressions;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Scenarios;

/// <summary>GStreamer's <c>leaks</c> tracer in a process: asked by a signal, it lists every object that is alive, those left out that
/// GStreamer itself keeps for good.</summary>
public sealed partial class LiveObjects : IDisposable
{
    private static readonly TimeSpan s_listing = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();

    /// <summary>The environment that the process must be started with.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["GST_TRACERS"] = "leaks",
        ["GST_LEAKS_TRACER_SIG"] = "1",
        ["GST_DEBUG"] = "GST_TRACER:7",
        ["GST_DEBUG_NO_COLOR"] = "1",
        ["GST_DEBUG_FILE"] = Log,
    };

    private string Log => _folder.File("tracer.log");

    /// <summary>Asks the process and waits until it has answered: the objects' types with their descriptions, sorted.</summary>
    /// <remarks>An empty answer can't be told from none in time: ask once while something must be alive.</remarks>
    public async Task<IReadOnlyList<string>> List(ChildProcess process)
    {
        var from = new FileInfo(Log).Length;
        process.Signal(UnixSignal.User1);
        // It does not say when it has done.
        long before, length = -1;
        await Poll.Until(() =>
        {
            (before, length) = (length, new FileInfo(Log).Length);
            return length == before;
        }, s_limit, () => $"{length} bytes of listing, growing", s_listing);

        await using var log = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Position = from;
        using var reader = new StreamReader(log);
        return [.. Alive().Matches(await reader.ReadToEndAsync()).Select(m => $"{m.Groups["type"].Value} {m.Groups["text"].Value}").Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"object-alive, type-name=\(string\)(?<type>\w+), address=\(gpointer\)\w+, description=\(string\)(?<text>.*), ref-count=")]
    private static partial Regex Alive();
}
