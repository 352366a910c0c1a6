using Dubbing.Elements.Audio;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Sessions;

/// <summary>The output timeline: one position that only moves forward, over slots that are dubbed, fall back, or are not known
/// yet. Not thread-safe: the session's lock guards it.</summary>
/// <remarks>
/// A position is <em>due</em> when it must leave now whatever happened. Before that the playout waits for what is missing; from
/// then on an undecided slot falls back, audio that was not decoded is silence, and after the last slot the stream is at its
/// end: splitmuxsink closes a fragment only when another begins or at EOS, so a pause in the input is always an open slot, or one that is expected.
/// Samples have left by and by before they are due: what a slot plays may change while it plays, from the next sample on.
/// </remarks>
internal sealed class Playout(Pcm format) : IDisposable
{
    /// <summary>Length of the fade where the sound changes its source.</summary>
    public static readonly TimeSpan Fade = TimeSpan.FromMilliseconds(3);

    /// <summary>Level of the ducked original: −12 dB.</summary>
    public static readonly double DuckGain = Math.Pow(10, -12 / 20.0);

    private readonly List<Slot> _slots = [];
    private readonly List<PlayedFragment> _played = [];
    private readonly VoiceMixer _mixer = new(format, Fade);
    private readonly SilentVoice _silence = new();
    private TrackVoice? _original;
    private TrackVoice? _ducked;
    private PcmClip? _last;
    private long? _position;

    // Behind a slot that was closed when it was due already, because a hole or a busy machine held everything up: what closed it may need a moment.
    private long _resumes;

    /// <summary>The input's own audio.</summary>
    public PcmTrack Original { get; } = new(format);

    /// <summary>What plays in a slot that falls back; changes at once.</summary>
    public FallbackMode Fallback { get; set; }

    /// <summary>No more input will come: EOS as soon as everything was played.</summary>
    public bool InputEnded { get; set; }

    /// <summary>Upstream has begun with the fragment behind the last slot, which has no frame yet: the muxer keeps one back until it has the next.</summary>
    public bool MoreExpected { get; set; }

    /// <summary>There was a slot.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The next sample to be played; null before the first slot.</summary>
    public long? Position => _position;

    /// <summary>Whether <see cref="Read"/> may be waiting for original audio at that position: for what is a second ahead or more it need not be called
    /// before it is due.</summary>
    public bool MayAwait(long position) => _position is not { } next || position - next < format.Rate;

    /// <summary>Adds the next slot, at or after the end of the one before.</summary>
    public Slot Open(long start, ulong startTime)
    {
        var slot = new Slot(start, startTime);
        _slots.Add(slot);
        HasBegun = true;
        _position ??= start;
        return slot;
    }

    /// <summary>A slot's fragment is complete.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="end">The sample after its last.</param>
    /// <param name="fragment">The fragment.</param>
    public void Close(Slot slot, long end, Fragment fragment)
    {
        (slot.Id, slot.Index, slot.Duration, slot.End) = (fragment.Id, fragment.Index, fragment.Duration, end);
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
    /// <param name="clip">Decoded audio of any length, taken over; null if it can't be used.</param>
    public void Supply(string id, PcmClip? clip)
    {
        if (_slots.Find(s => s.Id == id) is not { Outcome: Outcome.Dubbed, Dubbed: null } slot)
            clip?.Dispose();
        else if (clip == null)
            (slot.Outcome, slot.Reason) = (Outcome.Fallback, FallbackReason.InvalidAudio);
        else
            // The server got the sound without the input's holes: what was dubbed after one belongs after it.
            slot.Dubbed = new ClipVoice(clip, slot.Start, slot.Holes);
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
        foreach (var closed in _slots.Where(slot => slot is { End: not null, ClosedAt: null }))
            closed.ClosedAt = due;
        DropPlayed();
        // Also under dubbed audio: the original comes in all the time.
        if (_position is { } played)
            Original.Trim(played);
        var now = position = _position ?? 0;
        long capacity = target.Length / format.Channels;
        if (!HasBegun)
        {
            // The input's audio comes late: whoever muxes must not wait for it.
            return InputEnded ? PlayoutResult.Eos : Play(_silence, Math.Min(capacity, due - now), target, out count);
        }
        var goesOn = MoreExpected && !InputEnded;
        if (_slots.Count == 0 && (goesOn || now < _resumes))
            return Play(_silence, Math.Min(capacity, (goesOn ? due : Math.Min(due, _resumes)) - now), target, out count);
        if (_slots.Count == 0)
            return now < due || InputEnded ? PlayoutResult.Eos : PlayoutResult.Wait;
        var slot = _slots[0];
        if (now < slot.Start)
            return Play(_silence, Math.Min(capacity, slot.Start - now), target, out count);
        if (now < due)
            SettleDue(slot);
        if (slot.Outcome == null || slot is { Outcome: Outcome.Dubbed, Dubbed: null })
            return PlayoutResult.Wait;
        // What upstream had to say of this slot it has said by now, or never will.
        if (slot.End == null && InputEnded && now < due && Original.End <= now)
            return PlayoutResult.Eos;
        return PlaySlot(slot, due, capacity, target, out count);
    }

    /// <summary>Silence after the end, into which what was heard last fades.</summary>
    /// <param name="target">Receives interleaved samples.</param>
    public void ReadTail(Span<short> target)
    {
        _mixer.Play(_silence, _position ?? 0, target);
        _position = (_position ?? 0) + target.Length / format.Channels;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var slot in _slots)
            Release(slot);
        _slots.Clear();
        _last?.Dispose();
        _last = null;
    }

    private static void SettleDue(Slot slot)
    {
        if (slot.Outcome == null)
            (slot.Outcome, slot.Reason) = (Outcome.Fallback, FallbackReason.Timeout);
        if (slot is { Outcome: Outcome.Dubbed, Dubbed: null })
            (slot.Outcome, slot.Reason) = (Outcome.Fallback, FallbackReason.InvalidAudio);
    }

    private PlayoutResult PlaySlot(Slot slot, long due, long capacity, Span<short> target, out int count)
    {
        count = 0;
        var now = _position!.Value;
        var voice = VoiceOf(slot);
        var wanted = Math.Min(capacity, (slot.End ?? long.MaxValue) - now);
        var extent = voice.Extent(now, wanted);
        // A slot that is still being cut reaches as far as audio has come, or the clock.
        if (slot.End == null && voice is not TrackVoice)
            wanted = Math.Min(wanted, Math.Max(Original.End, due) - now);
        // Audio that was not decoded yet is waited for while there is time; in a hole of the input it is silence by the clock.
        if (voice is TrackVoice && Original.End - now < wanted && (slot.End != null || extent == 0))
            wanted = Math.Min(wanted, due - now);
        if (wanted <= 0)
            return PlayoutResult.Wait;
        Enter(slot);
        return extent > 0
            ? Play(voice, Math.Min(wanted, extent), target, out count)
            : Play(_silence, extent < 0 ? Math.Min(wanted, -extent) : wanted, target, out count);
    }

    private IVoice VoiceOf(Slot slot)
    {
        if (slot.Outcome == Outcome.Dubbed)
            return slot.Dubbed!;
        return Fallback switch
        {
            FallbackMode.Silence => _silence,
            FallbackMode.Duck => _ducked ??= new TrackVoice(Original, DuckGain),
            FallbackMode.Last when _last is { } last => slot.Repeated ??= new ClipVoice(last, slot.Start, []),
            _ => _original ??= new TrackVoice(Original, 1),
        };
    }

    private PlayoutResult Play(IVoice voice, long samples, Span<short> target, out int count)
    {
        count = (int)Math.Max(samples, 0);
        if (count == 0)
            return PlayoutResult.Wait;
        _position ??= 0;
        _mixer.Play(voice, _position.Value, target[..(count * format.Channels)]);
        _position += count;
        return PlayoutResult.Data;
    }

    private void Enter(Slot slot)
    {
        if (slot.Begun)
            return;
        slot.Begun = true;
        if (slot.Outcome == Outcome.Dubbed)
        {
            _last?.Dispose();
            _last = slot.Dubbed!.Clip;
        }
        // A slot that falls back while it is being cut has no name yet: it gets it when it is closed.
        Announce(slot);
    }

    private void Announce(Slot slot)
    {
        // One that was never complete was never told of.
        if (slot.Id.Length > 0)
            _played.Add(new PlayedFragment(slot.Id, slot.Index, slot.Outcome!.Value, slot.Reason, slot.StartTime, slot.Duration));
    }

    private void DropPlayed()
    {
        while (_slots.Count > 0 && _slots[0].End is { } end && end <= _position)
        {
            var slot = _slots[0];
            _slots.RemoveAt(0);
            _resumes = slot.ClosedAt!.Value + format.Rate;
            if (slot.Begun)
                continue;
            // Silence by the clock went over it while it was being cut.
            (slot.Outcome, slot.Reason) = (Outcome.Fallback, FallbackReason.Late);
            Announce(slot);
            Release(slot);
        }
    }

    // What was heard is kept for a repetition.
    private static void Release(Slot slot)
    {
        if (!slot.Begun)
            slot.Dubbed?.Clip.Dispose();
    }
}
