using Dubbing.Pipeline;
using Dubbing.Service.Feeds;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Captions;

/// <summary>Makes captions of a run's bus messages: the text comes with a fragment's result, its place with the beginning of its
/// playout, and then the caption is published, once and in order.</summary>
/// <remarks>The rule is the one for audio: text that comes after its fragment's playout began is dropped. In time, it is
/// used whatever is heard: where the original plays, its translation can at least be read. Written by one thread,
/// read by any. The texts are what people said: they go to captions and nowhere else.</remarks>
internal sealed class CaptionLog(TimeProvider time)
{
    // Results whose fragment's playout is still to come: more than a server may have in hand.
    private const int Waiting = 100;
    private static readonly FeedLimits _limits = new(Kept: 1000, Age: TimeSpan.FromHours(2));
    private readonly Queue<(string Fragment, string? Original, string? Translated)> _texts = new();
    private volatile int _output;
    private long? _begin;

    /// <summary>The captions, of all outputs of the run.</summary>
    public Feed<Caption> Feed { get; } = new(time, _limits);

    /// <summary>The captions that belong to the output that is sent now, or was last: oldest first.</summary>
    public IEnumerable<FeedItem<Caption>> Present
    {
        get
        {
            var output = _output;
            return Feed.Kept.Where(item => item.Value.Output == output);
        }
    }

    /// <summary>A pipeline is launched: a new output begins.</summary>
    /// <param name="gated">An <c>avgate</c> will say at what running time its first packet is; else that is running time 0.</param>
    public void BeginOutput(bool gated)
    {
        _output++;
        _begin = gated ? null : 0;
    }

    /// <summary>Takes a message in.</summary>
    public void Add(PipelineElementMessage message)
    {
        switch (message.Name)
        {
            case "avgate-open":
                _begin = message.Number("running-time");
                break;
            case "sts-fragment-processed":
                Keep(message.Text("fragment-id"), CaptionText.Clean(message.Text("transcript")), CaptionText.Clean(message.Text("translated-text")));
                break;
            case "sts-fragment" when _begin is { } begin:
                Publish(message, begin);
                break;
        }
    }

    private void Keep(string fragment, string? original, string? translated)
    {
        if (original is null && translated is null) return;
        _texts.Enqueue((fragment, original, translated));
        if (_texts.Count > Waiting) _texts.Dequeue();
    }

    private void Publish(PipelineElementMessage message, long begin)
    {
        var id = message.Text("fragment-id");
        var text = _texts.LastOrDefault(text => text.Fragment == id);
        var start = (message.Number("start-time") ?? 0) - begin;
        var end = start + (message.Number("duration") ?? 0);
        // The first fragment begins before the first picture, and may even lie before it as a whole.
        start = Math.Max(0, start);
        if (text.Fragment is null || end <= start) return;
        Feed.Publish(new Caption(
            _output, (ulong)(message.Number("index") ?? 0), start / 1e9, end / 1e9, message.Text("outcome"), text.Original, text.Translated));
    }
}
