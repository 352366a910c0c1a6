using System.Runtime.InteropServices;
using Gst;
using Gst.App;

namespace Dubbing.Elements.Audio;

/// <summary>A small inner pipeline that turns encoded audio into <see cref="Pcm"/>. One thread pulls; any thread may stop it.</summary>
internal sealed class DecodePipeline : IDisposable
{
    // audioresample's filter for a rate that no recording has takes so much memory that GLib ends the process.
    private const string Decodable = "audio/x-raw,rate=[1000,384000],channels=[1,64]";

    private readonly Gst.Pipeline _pipeline;
    private readonly Element _sink;
    private readonly Bus _bus;

    /// <summary>Builds the pipeline and starts it.</summary>
    /// <param name="source">The description of the source element, which is named <c>in</c>.</param>
    /// <param name="format">What comes out.</param>
    /// <param name="configure">Sets up the source before the pipeline starts.</param>
    /// <param name="maxQueued">Decoding waits while so many buffers have not been pulled; 0: never.</param>
    public DecodePipeline(string source, Pcm format, Action<Element> configure, int maxQueued = 0)
    {
        // Dither would make each run's samples others, and with them what an encoder makes of them.
        _pipeline = Parse.Launch(
            $"{source} ! decodebin ! {Decodable} ! audioconvert dithering=none ! audioresample ! {format.Caps} "
            + $"! appsink name=out sync=false wait-on-eos=false max-buffers={maxQueued}");
        _sink = _pipeline.GetByName("out")!;
        _bus = _pipeline.Bus!;
        Source = _pipeline.GetByName("in")!;
        configure(Source);
        _ = _pipeline.SetState(State.Playing);
    }

    /// <summary>The source element.</summary>
    public Element Source { get; }

    /// <summary>Waits for decoded audio.</summary>
    /// <param name="timeout">ns to wait.</param>
    /// <param name="pts">Its timestamp in ns.</param>
    /// <returns>Interleaved samples; null at the end, when disposed, or when the time is over.</returns>
    public short[]? Pull(ulong timeout, out ulong pts)
    {
        pts = Clock.TimeNone;
        using var sample = AppSink.TryPullSample(_sink, timeout);
        using var buffer = sample?.Buffer;
        if (buffer == null)
            return null;
        pts = buffer.Pts;
        var samples = new short[buffer.Size / sizeof(short)];
        buffer.CopyTo(MemoryMarshal.AsBytes(samples.AsSpan()));
        return samples;
    }

    /// <summary>Whether everything was decoded.</summary>
    public bool IsEos => AppSink.IsEos(_sink);

    /// <summary>The error that the pipeline ended with, if any.</summary>
    public string? TakeError()
    {
        using var message = _bus.TimedPopFiltered(0, MessageType.Error);
        return message?.ParseError().Error.Message;
    }

    /// <summary>Ends the pipeline: a thread that waits in <see cref="Pull"/> gets null at once.</summary>
    public void Stop() => _ = _pipeline.SetState(State.Null);

    /// <summary>Gives everything back. No thread may be in <see cref="Pull"/>.</summary>
    public void Dispose()
    {
        Stop();
        Source.Dispose();
        _sink.Dispose();
        _bus.Dispose();
        _pipeline.Dispose();
    }
}
