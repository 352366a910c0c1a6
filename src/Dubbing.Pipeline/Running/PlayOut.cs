using Gst;

namespace Dubbing.Pipeline;

/// <summary>The end of a pipeline that plays out what is inside: an EOS goes into each source, and has so much time to come out at the
/// sinks. Belongs to the thread that watches the bus, but for <see cref="ReleaseSources"/>.</summary>
internal sealed class PlayOut
{
    private readonly Gst.Pipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly long _until;
    private readonly List<Task<bool>> _endsOfStream = [];

    private PlayOut(Gst.Pipeline pipeline, TimeProvider time, TimeSpan timeout)
    {
        (_pipeline, _time) = (pipeline, time);
        _until = time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Time left; not below zero.</summary>
    public TimeSpan Left
    {
        get
        {
            var left = TimeSpan.FromSeconds((double)(_until - _time.GetTimestamp()) / _time.TimestampFrequency);
            return left < TimeSpan.Zero ? TimeSpan.Zero : left;
        }
    }

    /// <summary>Whether the time is over.</summary>
    public bool IsOver => _time.GetTimestamp() >= _until;

    /// <summary>Sends EOS to each source by itself and each on its own thread: a source whose streaming thread is blocked takes the event
    /// only when it is free again.</summary>
    public static PlayOut Begin(Gst.Pipeline pipeline, TimeProvider time, TimeSpan timeout)
    {
        var playOut = new PlayOut(pipeline, time, timeout);
        foreach (var source in BinElements.Sources(pipeline))
        {
            playOut._endsOfStream.Add(NativeStep.Run(() =>
            {
                using (source) return source.SendEvent(Event.NewEos());
            }, "EOS"));
        }

        return playOut;
    }

    /// <summary>Lets go of sources that still wait to take their EOS, before the pipeline goes down: such a source holds its state lock,
    /// and the pipeline goes down state by state, so it would wait for that source for ever. Its thread comes free when the sinks let go.</summary>
    public void ReleaseSources()
    {
        if (!_endsOfStream.Exists(sent => !sent.IsCompleted)) return;
        foreach (var sink in BinElements.Sinks(_pipeline))
        {
            using (sink) sink.SetState(Gst.State.Null);
        }
    }
}
