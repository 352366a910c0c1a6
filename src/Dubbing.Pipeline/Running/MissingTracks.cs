using System.Text.RegularExpressions;
using Gst;

namespace Dubbing.Pipeline;

/// <summary>Branches of a description that the input has no track for: an error, for the output can't be what the description says.</summary>
/// <remarks>
/// <c>gst_parse_launch</c> warns of each branch without its link when the source says that it has told all its tracks. With two tracks at once
/// that can be a false alarm: <c>rtspsrc</c> counts a track before it adds the pad, and says so on the other track's thread while this
/// one is being linked. The text of the warning may then be garbage, too, for the link frees it. So the branch is looked at a moment later.
/// Belongs to the thread that watches the bus.
/// </remarks>
internal sealed partial class MissingTracks(Gst.Pipeline pipeline, TimeProvider time)
{
    /// <summary>How long a link that was begun may take on a busy machine.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Queue<Suspicion> _suspicions = new();

    private sealed record Suspicion(string Source, string Factory, string? Debug, string Pad, string Type, string Name, long At);

    /// <summary>A branch without its track.</summary>
    /// <param name="Source">The element that has no such track.</param>
    /// <param name="Factory">Its factory.</param>
    /// <param name="Message">The error in words.</param>
    /// <param name="Debug">GStreamer's own text.</param>
    internal sealed record Fault(string Source, string Factory, string Message, string? Debug);

    /// <summary>Until the next branch is looked at; null for none.</summary>
    public TimeSpan? Left => _suspicions.TryPeek(out var next) ? Grace - time.GetElapsedTime(next.At) : null;

    /// <summary>Takes a warning that may mean a missing track.</summary>
    /// <returns>False for any other.</returns>
    public bool Take(Message message, string warning, string? debug)
    {
        if (!warning.StartsWith("Delayed linking failed", StringComparison.Ordinal)) return false;
        var link = DelayedLink().Match(debug ?? "");
        _suspicions.Enqueue(new Suspicion(
            message.SourceName, message.SourceFactory, debug, link.Groups["pad"].Value, link.Groups["type"].Value, link.Groups["name"].Value, time.GetTimestamp()));
        return true;
    }

    /// <summary>The first branch that has no track, of those whose time has come.</summary>
    /// <param name="atOnce">Whether something has failed, perhaps for that: nothing is waited for.</param>
    public Fault? Find(bool atOnce = false)
    {
        while (Left is { } left && (atOnce || left <= TimeSpan.Zero))
        {
            var suspicion = _suspicions.Dequeue();
            if (!IsLinked(suspicion)) return new Fault(suspicion.Source, suspicion.Factory, Describe(suspicion), suspicion.Debug);
        }

        return null;
    }

    private static string Describe(Suspicion suspicion) => suspicion.Name.Length > 0
        ? $"the input has no track for '{suspicion.Name}' ({suspicion.Type})"
        : "the input has no track for a branch of the pipeline: Delayed linking failed";

    private bool IsLinked(Suspicion suspicion)
    {
        using var branch = suspicion.Name.Length > 0 ? pipeline.GetByName(suspicion.Name) : null;
        using var pad = branch?.GetStaticPad(suspicion.Pad) ?? branch?.GetStaticPad("sink");
        return pad is { IsLinked: true };
    }

    // "… to some pad of GstCapsFilter named aac-track", or "… to pad  video of GstFlvMux named mux".
    [GeneratedRegex(@" to (?:some pad|pad +(?<pad>.*?)) of (?<type>\S+) named (?<name>\S+)\s*$", RegexOptions.Singleline)]
    private static partial Regex DelayedLink();
}
