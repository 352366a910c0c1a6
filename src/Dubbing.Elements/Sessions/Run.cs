using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Sts;
using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Sessions;

/// <summary>One pipeline's part in a session: its timeline, its slots, and the decoders that fill them.</summary>
/// <remarks><see cref="Append"/>, <see cref="Close"/> and <see cref="Abandon"/> come from the sinks' streaming threads;
/// <see cref="Decide"/> from the exchange's loop. The session's lock guards <see cref="Playout"/>.</remarks>
internal sealed partial class Run : IDisposable
{
    // More than STS servers take is mixed down for them; the original that plays as fallback is mixed down by its decoder.
    private const int MostChannels = 2;

    // A decoder that can't even begin with a configuration would be made anew for each frame.
    private static readonly TimeSpan DecoderInterval = TimeSpan.FromMilliseconds(500);

    private readonly WaitingSteps _waiting = new();
    private readonly object _gate;
    private readonly Lock _input = new();
    private readonly Timeline _timeline;
    private readonly TimeProvider _time;
    private readonly TimeSpan _drainDelay;
    private readonly ITimer _drainTimer;
    private readonly List<(ulong Pts, byte[] Frame)> _frames = [];
    private readonly CancellationTokenSource _gone = new();
    private Mp4Audio? _audio;
    private OriginalDecoder? _decoder;
    private long _decoderBegan;
    private OriginalDecoder? _drained;
    private Slot? _open;
    private object? _owner;
    private Task _mixedDown = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Creates a run with an empty timeline.</summary>
    public Run(Pcm format, TimeProvider time, object gate, TimeSpan drainDelay)
    {
        Format = format;
        Playout = new Playout(format);
        _gate = gate;
        _timeline = new Timeline(format);
        _time = time;
        _drainDelay = drainDelay;
        _drainTimer = time.CreateTimer(_ => Drain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The output's format.</summary>
    public Pcm Format { get; }

    /// <summary>How many decoders the input has taken so far: another one where its configuration changed, or one failed.</summary>
    public int Decoders { get; private set; }

    /// <summary>The output timeline; touch it under the session's lock.</summary>
    public Playout Playout { get; }

    /// <summary>Takes a frame of the input.</summary>
    /// <param name="owner">Whose fragment it belongs to.</param>
    /// <param name="pts">Its running time in ns.</param>
    /// <param name="frame">The AAC frame.</param>
    /// <param name="onStep">Told by how many ns its timestamp jumped, if it did.</param>
    public void Append(object owner, ulong pts, ReadOnlySpan<byte> frame, Action<long> onStep)
    {
        lock (_input)
        {
            if (_disposed)
                return;
            if (IsBlocked(owner))
            {
                var copy = frame.ToArray();
                _waiting.Add(owner, () => Add(owner, pts, copy, onStep));
                return;
            }
            Add(owner, pts, frame, onStep);
        }
    }

    /// <summary>The owner's fragment is complete.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="audio">The fragment's format.</param>
    /// <param name="create">Makes the fragment, when its turn has come, from the running time at which it begins in the output, in ns.</param>
    /// <param name="submit">Sends it on its way.</param>
    public void Close(object owner, Mp4Audio audio, Func<ulong, Fragment> create, Action<Fragment> submit) =>
        InTurn(owner, () => CloseSlot(audio, create, submit));

    /// <summary>The owner's fragment can't be used: it plays as far as it was decoded.</summary>
    public void Abandon(object owner) => InTurn(owner, AbandonSlot);

    /// <summary>Settles a slot; dubbed audio is decoded beside.</summary>
    public void Decide(FragmentDecision decision)
    {
        long samples;
        lock (_gate)
        {
            if (!Playout.Decide(decision.Fragment.Id, decision.Outcome, decision.Reason))
                return;
            samples = (long)((UInt128)decision.Fragment.Duration * (uint)Format.Rate / Gst.Clock.Second) + Format.Rate;
            Monitor.PulseAll(_gate);
        }
        if (decision.Audio is { } audio)
            _ = DecodeAsync(decision.Fragment.Id, audio, samples);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _drainTimer.Dispose();
        _gone.Cancel();
        lock (_input)
        {
            _disposed = true;
            ReplaceDecoder(null);
        }
        lock (_gate)
            Playout.Dispose();
        WaitForDecoders();
    }

    // With splitmuxsink's async-finalize the next sink's frames come before the sink before it is done: they wait.
    private bool IsBlocked(object owner) => _owner != null && _owner != owner;

    private void InTurn(object owner, Action step)
    {
        lock (_input)
        {
            if (_disposed)
                return;
            if (IsBlocked(owner))
            {
                _waiting.Add(owner, () => { if (_owner == owner) step(); });
                return;
            }
            if (_owner == null)
                return;
            step();
            _owner = null;
            while (_waiting.Take(_owner) is { } next)
            {
                next();
                if (_open == null)
                    _owner = null;
            }
        }
    }

    private void Add(object owner, ulong pts, ReadOnlySpan<byte> frame, Action<long> onStep)
    {
        _owner = owner;
        // The configuration comes last in the fragment. Until then it is that of the one before; the first one's frames can't be decoded.
        if (_audio == null)
        {
            if (_frames.Count == 0)
                OpenSlot(Format.ToSamples(pts), pts);
        }
        else if (Place(pts, frame) is var step && step != 0)
        {
            onStep(step);
        }
        _frames.Add((pts, frame.ToArray()));
    }

    private void CloseSlot(Mp4Audio audio, Func<ulong, Fragment> create, Action<Fragment> submit)
    {
        if (_audio == null || !_audio.Config.AsSpan().SequenceEqual(audio.Config))
            PlaceAnew(audio);
        _frames.Clear();
        if (_open is not { } slot)
            return;
        _open = null;
        var fragment = create(slot.StartTime);
        lock (_gate)
        {
            Playout.Close(slot, _timeline.End, fragment);
            Monitor.PulseAll(_gate);
        }
        _drainTimer.Change(_drainDelay, Timeout.InfiniteTimeSpan);
        if (fragment.Channels <= MostChannels)
            submit(fragment);
        else
            _mixedDown = MixDownAsync(_mixedDown, fragment, submit);
    }

    // One after the other: fragments are sent in order.
    private async Task MixDownAsync(Task before, Fragment fragment, Action<Fragment> submit)
    {
        await before.ConfigureAwait(false);
        try
        {
            var stereo = await Task.Run(() => ByteBlocks.Copy(StereoCopy.Make(fragment.Image.ToArray(), fragment.SampleRate)), _gone.Token).ConfigureAwait(false);
            submit(fragment with { Image = stereo, Channels = MostChannels });
        }
        catch (OperationCanceledException)
        {
            // The pipeline is gone, and its output with it.
        }
        catch (Exception failure)
        {
            // Whatever it is costs this fragment only: the next one waits for this task.
            StsLog.Category.Warning($"fragment {fragment.Id}: {failure.Message}");
            Decide(new FragmentDecision { Fragment = fragment, Outcome = Outcome.Fallback, Reason = FallbackReason.Failed });
        }
    }

    // What was decoded as if it had the configuration of the fragment before it is noise.
    private void PlaceAnew(Mp4Audio audio)
    {
        if (_audio != null && _open is { } slot)
        {
            DrainDecoder(slot.Start);
            _timeline.TakeBack(slot.Start);
            lock (_gate)
            {
                slot.Holes.Clear();
                Playout.Original.TakeBack(slot.Start);
            }
        }
        _audio = audio;
        foreach (var (pts, frame) in _frames)
            Place(pts, frame);
    }

    private void AbandonSlot()
    {
        _frames.Clear();
        if (_open is not { } slot)
            return;
        _open = null;
        lock (_gate)
        {
            slot.End = Math.Max(_timeline.End, slot.Start);
            (slot.Outcome, slot.Reason) = (Outcome.Fallback, FallbackReason.Failed);
            Monitor.PulseAll(_gate);
        }
    }

    private long Place(ulong pts, ReadOnlySpan<byte> frame)
    {
        var placement = _timeline.Place(pts, _audio!.SampleRate, _audio.FrameLength);
        if (_open == null)
            OpenSlot(placement.Position, pts);
        else if (placement.Step > 0)
            AddHole(_open, placement);
        if (_decoder?.HasFailed() == true && _time.GetElapsedTime(_decoderBegan) >= DecoderInterval)
            ReplaceDecoder(null);
        if (_decoder == null)
            BeginDecoder();
        _decoder.Push(frame, placement);
        _drainTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return placement.Step * 1_000_000_000 / Format.Rate;
    }

    [MemberNotNull(nameof(_decoder))]
    private void BeginDecoder()
    {
        _decoder = new OriginalDecoder(_audio!, Format, OnOriginal);
        _decoderBegan = _time.GetTimestamp();
        Decoders++;
    }

    private void OpenSlot(long position, ulong pts)
    {
        lock (_gate)
        {
            // Where timestamps fell back the output goes on as before.
            _open = Playout.Open(position, pts + (_timeline.Shift is > 0 and var shift ? Format.ToTime(shift) : 0));
            Monitor.PulseAll(_gate);
        }
    }

    private void AddHole(Slot slot, FramePlacement placement)
    {
        lock (_gate)
            slot.Holes.Add((placement.Position - placement.Step - slot.Start - slot.Holes.Sum(hole => hole.Length), placement.Step));
    }

    private void OnOriginal(long position, short[] samples)
    {
        lock (_gate)
        {
            Playout.Original.Write(position, samples);
            // Else each frame of the input would wake the output's thread for nothing.
            if (Playout.MayAwait(position))
                Monitor.PulseAll(_gate);
        }
    }

    // The input paused or ended: the last samples are still inside the decoder. A frame that comes after all gets a new one.
    private void Drain()
    {
        lock (_input)
        {
            if (_open == null && !_disposed)
                DrainDecoder(long.MaxValue);
        }
    }

    private void DrainDecoder(long end)
    {
        if (_decoder == null)
            return;
        _drained?.Dispose();
        (_drained, _decoder) = (_decoder, null);
        _drained.Drain(end);
    }

    private void ReplaceDecoder(OriginalDecoder? next)
    {
        _decoder?.Dispose();
        _drained?.Dispose();
        _drained = null;
        _decoder = next;
    }
}
