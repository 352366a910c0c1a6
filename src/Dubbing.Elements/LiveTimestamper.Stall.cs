using System.Diagnostics.CodeAnalysis;
using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

/// <content>An input that says nothing any more, neither media nor that it ends: a camera that froze, a connection whose other end is gone.</content>
[SuppressMessage("Reliability", "CA1001", Justification = "The timer ends with PLAYING.")]
public sealed partial class LiveTimestamper
{
    // No buffer comes that could be the occasion. What counts as too long is the pipeline's clock's.
    private static readonly TimeSpan StallLook = TimeSpan.FromSeconds(1);

    private Timer? _stallWatch;
    private bool _looking;
    private bool _suspected;
    private uint _stallTimeout;
    private int _pushing;
    private ulong? _lastPush;

    // Since when something could have come.
    private ulong _begun;
    private bool _stalled;

    // Under the gate. A look that is under way touches the pads, so it is awaited; what it may wait for downstream has been let go before.
    private void WatchForStall(bool isPlaying)
    {
        if (isPlaying && _stallTimeout > 0)
            _stallWatch = new Timer(_ => LookForStall(), null, StallLook, StallLook);
        else
            _stallWatch?.Dispose();
        while (_stopped && _looking)
            Monitor.Wait(_gate);
    }

    // Under the gate. A push that waits is downstream's affair.
    private void Pushed()
    {
        _pushing--;
        _lastPush = RunningTime ?? _lastPush;
    }

    private void LookForStall()
    {
        lock (_gate)
        {
            if (_looking)
                return;
            // Twice: after a machine stood still the look may come before what has waited meanwhile.
            var suspected = _suspected;
            _suspected = HasStalled();
            if (!suspected || !_suspected)
                return;
            (_looking, _stalled, _suspected) = (true, true, false);
        }
        try
        {
            EndStalled($"the input has stalled: for {_stallTimeout / 1000.0:0.#} s nothing has come, and no end");
        }
        catch (Exception failure)
        {
            // Nobody above would take it.
            PostError(ElementError.Failed, $"internal error: {failure.Message}", failure.ToString());
        }
        finally
        {
            lock (_gate)
            {
                _looking = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void EndStalled(string what)
    {
        // Nothing is inside that could be played out, and what is behind may not even know its caps.
        if (_lastPush is null)
        {
            PostError(ElementError.Read, what);
            return;
        }

        PostWarning(ElementError.Read, $"{what}; it is taken to have ended");
        FillUpToPictures();
        _audio.Source.PushEvent(Event.NewEos());
        _video.Source.PushEvent(Event.NewEos());
    }

    private bool HasStalled() =>
        _playing && !_stalled && _pushing == 0 && !(_audio.HasEnded && _video.HasEnded)
        && RunningTime is { } now && now >= (_lastPush ?? _begun) + _stallTimeout * Clock.MSecond;
}
