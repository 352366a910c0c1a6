using Dubbing.Elements.Audio;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Sessions;


/// <summary>The output timeline: one position that only moves forward, over slots that are dubbed, fall back, or are not known
/// yet. Not thread-safe: the session's lock guards it.</summary>
/// <remarks>
/// A position is <em>due</em> when it must leave now whatever happened. Before that the playout waits for what is missing; from
/// then on an undecided slot falls back, audio that was not decoded is silence, and after the last slot the stream is at its
/// end: splitmuxsink closes a fragment only when another begins or at EOS, so a pause in the input is always an open slot.
/// </remarks>
internal sealed class Playout(Pcm format)
{
    /// <summary>Length of the equal-power fade where dubbed audio begins or ends.</summary>
    public static readonly TimeSpan Fade = TimeSpan.FromMilliseconds(4);

    private readonly List<Slot> _slots = [];
    private readonly List<PlayedFragment> _played = [];
    private readonly int _fade = format.Samples(Fade);
    private short[] _tail = [];
    private Kind _kind = Kind.Nothing;
    private Kind _fadeFrom = Kind.Nothing;
    private long? _position;
    private bool _begun;

    // A slot that silence has overtaken is closed by what comes behind the hole: its own slot follows within a second, or the input has ended.
    private long _resumes;

    private enum Kind
    {
        Nothing,
        Original,
        Dubbed,
    }

    /// <summary>The input's own audio.</summary>
    public PcmTrack Original { get; } = new(format);

    /// <summary>No more input will come: EOS as soon as all slots were played.</summary>
    public bool InputEnded { get; set; }

    /// <summary>The next sample to be played; null before the first slot.</summary>
    public long? Position => _position;

    /// <summary>Adds the next slot, at or after the end of the one before.</summary>
    public Slot Open(long start, ulong startTime)
    {
        var slot = new Slot(start, startTime);
        _slots.Add(slot);
        _begun = true;
        _position ??= start;
        return slot;
    }

    /// <summary>A slot's fragment is complete.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="end">The sample after its last.</param>
    /// <param name="fragment">The fragment.</param>
    /// <param name="isShort">It is not sent, and falls back.</param>
    public void Close(Slot slot, long end, Fragment fragment, bool isShort)
    {
        (slot.Id, slot.Index, slot.Duration, slot.End) = (fragment.Id, fragment.Index, fragment.Duration, end);
        if (isShort && slot.Outcome == null)
            (slot.Outcome, slot.Reason) = (Outcome.Fallback, FallbackReason.Short);
        if (slot.Begun)
            Announce(slot);
    }

    /// <summary>Settles a slot, unless that happened already.</summary>
    /// <returns>False if the slot is unknown or was settled before.</returns>
    public bool Decide(string id, Outcome outcome, FallbackReason reason)
    {
        if (_slots.Find(s => s.Id == id) is not { Outcome: null } slot)
            return false;
        slot.Outcome = outcome;
        slot.Reason = reason;
        return true;
    }

    /// <summary>Gives a dubbed slot its audio.</summary>
    /// <param name="id">The fragment.</param>
    /// <param name="samples">Decoded audio of any length; null if it can't be used.</param>
    public void Supply(string id, short[]? samples)
    {
        if (_slots.Find(s => s.Id == id) is not { Outcome: Outcome.Dubbed, Dubbed: null, End: { } end } slot)
            return;
        if (samples == null)
        {
            slot.Outcome = Outcome.Fallback;
            slot.Reason = FallbackReason.InvalidAudio;
            return;
        }
        foreach (var (at, hole) in Enumerable.Reverse(slot.Holes))
            samples = InsertSilence(samples, at, hole);
        var length = (int)(end - slot.Start) * format.Channels;
        var tail = _fade * format.Channels;
        if (samples.Length < length + tail)
            FadeOut(samples, Math.Min(samples.Length, length));
        slot.Dubbed = new short[length + tail];
        samples.AsSpan(0, Math.Min(samples.Length, length + tail)).CopyTo(slot.Dubbed);
    }

    /// <summary>Takes what settled since the last call.</summary>
    public IReadOnlyList<PlayedFragment> TakePlayed()
    {
        if (_played.Count == 0)
            return [];
        var played = _played.ToArray();
        _played.Clear();
        return played;
    }

    /// <summary>Makes the next piece of output.</summary>
    /// <param name="due">Every position before this one is due.</param>
    /// <param name="target">Receives at most this many interleaved samples.</param>
    /// <param name="position">The first sample's position, when there is data.</param>
    /// <param name="count">Samples made, when there is data.</param>
    public PlayoutResult Read(long due, Span<short> target, out long position, out int count)
    {
        count = 0;
        DropPlayed();
        // Also under dubbed audio: the original comes in all the time.
        if (_position is { } played)
            Original.Trim(played - _fade);
        position = _position ?? 0;
        var capacity = target.Length / format.Channels;
        if (!_begun)
            return InputEnded ? PlayoutResult.Eos : SilenceUntil(due, target, capacity, out count);
        var now = _position!.Value;
        if (_slots.Count == 0 && now < _resumes)
            return now < due ? Silence(target, Math.Min(capacity, Math.Min(due, _resumes) - now), out count) : PlayoutResult.Wait;
        if (_slots.Count == 0)
            return now < due || InputEnded ? PlayoutResult.Eos : PlayoutResult.Wait;
        var slot = _slots[0];
        if (now < slot.Start)
            return Silence(target, Math.Min(capacity, slot.Start - now), out count);
        if (slot.Outcome == null && now < due)
            (slot.Outcome, slot.Reason) = (Outcome.Fallback, FallbackReason.Timeout);
        if (slot is { Outcome: Outcome.Dubbed, Dubbed: null } && now < due)
            (slot.Outcome, slot.Reason) = (Outcome.Fallback, FallbackReason.InvalidAudio);
        return slot switch
        {
            { Outcome: Outcome.Dubbed, Dubbed: { } dubbed } => PlayDubbed(slot, dubbed, target, capacity, out count),
            { Outcome: Outcome.Fallback } => PlayOriginal(slot, due, target, capacity, out count),
            _ => PlayoutResult.Wait,
        };
    }

    private PlayoutResult PlayDubbed(Slot slot, short[] dubbed, Span<short> target, int capacity, out int count)
    {
        Enter(slot, Kind.Dubbed);
        count = (int)Math.Min(capacity, slot.End!.Value - _position!.Value);
        dubbed.AsSpan((int)(_position.Value - slot.Start) * format.Channels, count * format.Channels).CopyTo(target);
        FadeFromPrevious(slot, target, count);
        if (_position.Value + count == slot.End)
            _tail = dubbed[^(_fade * format.Channels)..];
        _position += count;
        return PlayoutResult.Data;
    }

    private PlayoutResult PlayOriginal(Slot slot, long due, Span<short> target, int capacity, out int count)
    {
        var now = _position!.Value;
        var end = slot.End ?? long.MaxValue;
        count = (int)Math.Min(capacity, end - now);
        // What was not decoded by now is waited for while there is time; in a hole of the input it is silence by the clock.
        var available = Original.End - now;
        if (available < count && available > 0 && slot.End == null)
            count = (int)available;
        else if (available < count)
        {
            count = (int)Math.Clamp(due - now, 0, count);
            if (count == 0)
                return PlayoutResult.Wait;
        }
        Enter(slot, Kind.Original);
        Original.Read(now, target[..(count * format.Channels)]);
        FadeFromPrevious(slot, target, count);
        _position += count;
        return PlayoutResult.Data;
    }

    // The input's audio comes late: whoever muxes must not wait for it.
    private PlayoutResult SilenceUntil(long due, Span<short> target, int capacity, out int count)
    {
        count = 0;
        if (due <= (_position ?? 0))
            return PlayoutResult.Wait;
        _position ??= 0;
        return Silence(target, Math.Min(capacity, due - _position.Value), out count);
    }

    private PlayoutResult Silence(Span<short> target, long samples, out int count)
    {
        count = (int)samples;
        target[..(count * format.Channels)].Clear();
        _kind = Kind.Nothing;
        _position += count;
        return PlayoutResult.Data;
    }

    private void Enter(Slot slot, Kind kind)
    {
        if (slot.Begun)
            return;
        slot.Begun = true;
        _fadeFrom = _kind;
        _kind = kind;
        // A slot that falls back while it is being cut has no name yet.
        if (slot.End != null)
            Announce(slot);
    }

    private void Announce(Slot slot) =>
        _played.Add(new PlayedFragment(slot.Id, slot.Index, slot.Outcome!.Value, slot.Reason, slot.StartTime, slot.Duration));

    // Where the sound changes its source the old one fades out under the new one's first milliseconds.
    private void FadeFromPrevious(Slot slot, Span<short> target, int count)
    {
        var into = (int)Math.Min(_position!.Value - slot.Start, int.MaxValue);
        if (into >= _fade || (_kind == Kind.Original && _fadeFrom != Kind.Dubbed))
            return;
        var samples = Math.Min(count, _fade - into);
        var outgoing = new short[samples * format.Channels];
        if (_fadeFrom == Kind.Original)
            Original.Read(_position.Value, outgoing);
        else if (_fadeFrom == Kind.Dubbed)
            _tail.AsSpan(into * format.Channels, outgoing.Length).CopyTo(outgoing);
        format.Crossfade(target[..outgoing.Length], outgoing, into, _fade);
    }

    // The server got the sound without the input's hole: what was dubbed after it belongs after it.
    private short[] InsertSilence(short[] samples, long at, long count)
    {
        var from = (int)Math.Min(at * format.Channels, samples.Length);
        return [.. samples.AsSpan(0, from), .. new short[count * format.Channels], .. samples.AsSpan(from)];
    }

    private void FadeOut(short[] samples, int end)
    {
        var length = Math.Min(_fade * format.Channels, end);
        for (var i = 0; i < length; i++)
            samples[end - 1 - i] = (short)(samples[end - 1 - i] * Math.Sin(Math.PI / 2 * i / length));
        samples.AsSpan(end).Clear();
    }

    private void DropPlayed()
    {
        while (_slots.Count > 0 && _slots[0].End is { } end && end <= _position)
        {
            var slot = _slots[0];
            _slots.RemoveAt(0);
            if (end < _position)
                _resumes = _position.Value + format.Rate;
            if (slot.Begun)
                continue;
            // Silence by the clock went over it while it was being cut.
            (slot.Outcome, slot.Reason) = (Outcome.Fallback, FallbackReason.Late);
            Announce(slot);
        }
    }
}
