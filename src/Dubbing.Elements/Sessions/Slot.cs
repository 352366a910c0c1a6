using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Sessions;

/// <summary>A fragment's place in the output, from its first frame until it was played.</summary>
internal sealed class Slot(long start, ulong startTime)
{
    /// <summary>First sample.</summary>
    public long Start { get; } = start;

    /// <summary>Running time at which it begins in the output, in ns: the first frame's, unless timestamps fell back.</summary>
    public ulong StartTime { get; } = startTime;

    /// <summary>The sample after its last; null while the fragment is still being cut.</summary>
    public long? End { get; set; }

    /// <summary>What was due when its end was first known of; null before.</summary>
    public long? ClosedAt { get; set; }

    /// <summary>The fragment's id; empty while it is still being cut.</summary>
    public string Id { get; set; } = "";

    /// <summary>The fragment's number.</summary>
    public long Index { get; set; }

    /// <summary>Length in ns.</summary>
    public ulong Duration { get; set; }

    /// <summary>What is to be played; null while undecided.</summary>
    public Outcome? Outcome { get; set; }

    /// <summary>Why it falls back.</summary>
    public FallbackReason Reason { get; set; }

    /// <summary>The dubbed audio, of any length; null until decoded.</summary>
    public ClipVoice? Dubbed { get; set; }

    /// <summary>The last dubbed audio once more, if that was played here.</summary>
    public ClipVoice? Repeated { get; set; }

    /// <summary>Where the input's audio had holes inside the fragment: samples from the start, without the holes before, and
    /// length. What the server got has no holes.</summary>
    public List<(long At, long Length)> Holes { get; } = [];

    /// <summary>Its playout has begun.</summary>
    public bool Begun { get; set; }
}
