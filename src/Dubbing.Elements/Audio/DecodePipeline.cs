using System.Buffers;
using System.Runtime.InteropServices;
using Gst;
using Gst.App;

namespace Dubbing.Elements.Audio;

/// <summary>A small inner pipeline that turns encoded audio into <see cref="Pcm"/>, which it hands over in its own streaming thread: each change of
/// thread would cost as much as decoding a frame.</summary>
internal sealed class DecodePipeline : IDisposable
{
    /// <summary>A decoder of whatever comes. It costs several threads, through which each buffer goes.</summary>
    public const string AnyDecoder = "decodebin";

    /// <summary>The decoder of AAC frames, where it is known that they come: in the source's own thread, if it is installed.</summary>
    public static readonly string AacDecoder = ElementFactory.Exists("avdec_aac") ? "aacparse ! avdec_aac" : AnyDecoder;

    // audioresample's filter for a rate that no recording has takes so much memory that GLib ends the process.
    private const string Decodable = "audio/x-raw,rate=[1000,384000],channels=[1,64]";

    private readonly Gst.Pipeline _pipeline;
    private readonly Bus _bus;
    private readonly PcmHandler _onPcm;

    /// <summary>Builds the pipeline and starts it.</summary>
    /// <param name="source">The description of the source element, which is named <c>in</c>.</param>
    /// <param name="decoder">The description of what makes raw audio of what the source gives.</param>
    /// <param name="format">What comes out.</param>
    /// <param name="configure">Sets up the source before the pipeline starts.</param>
    /// <param name="onPcm">Takes the audio, in the streaming thread.</param>
    /// <param name="onEos">Told, in the streaming thread, that everything was decoded.</param>
    public DecodePipeline(string source, string decoder, Pcm format, Action<Element> configure, PcmHandler onPcm, Action onEos)
    {
        _onPcm = onPcm;
        // Dither would make each run's samples others, and with them what an encoder makes of them.
        _pipeline = Parse.Launch(
            $"{source} ! {decoder} ! {Decodable} ! audioconvert dithering=none ! audioresample ! {format.Caps} ! appsink name=out sync=false");
        _bus = _pipeline.Bus!;
        StreamingThreads.PutSinksFirst(_bus);
        Source = _pipeline.GetByName("in")!;
        configure(Source);
        using (var sink = _pipeline.GetByName("out")!)
            AppSink.SetCallbacks(sink, OnSample, onEos);
        _ = _pipeline.SetState(State.Playing);
    }

    /// <summary>Takes decoded audio.</summary>
    /// <param name="pts">Its timestamp in ns; <see cref="Clock.TimeNone"/> if it has none.</param>
    /// <param name="samples">Interleaved samples, valid during the call.</param>
    /// <returns>Whether more is wanted.</returns>
    public delegate bool PcmHandler(ulong pts, ReadOnlySpan<short> samples);

    /// <summary>The source element.</summary>
    public Element Source { get; }

    /// <summary>The error that the pipeline ended with, if any.</summary>
    public string? TakeError()
    {
        using var message = _bus.TimedPopFiltered(0, MessageType.Error);
        return message?.ParseError().Error.Message;
    }

    /// <summary>Ends the pipeline. When it returns no handler runs any more; one must not wait for what the caller holds.</summary>
    public void Dispose()
    {
        _ = _pipeline.SetState(State.Null);
        Source.Dispose();
        _bus.Dispose();
        _pipeline.Dispose();
    }

    private FlowReturn OnSample(Sample sample)
    {
        using var buffer = sample.Buffer;
        if (buffer == null)
            return FlowReturn.Ok;
        var size = buffer.Size;
        var bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            _ = buffer.CopyTo(bytes.AsSpan(0, size));
            return _onPcm(buffer.Pts, MemoryMarshal.Cast<byte, short>(bytes.AsSpan(0, size))) ? FlowReturn.Ok : FlowReturn.Eos;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
