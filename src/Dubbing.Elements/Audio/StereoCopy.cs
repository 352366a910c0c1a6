using System.Buffers.Binary;
using GLib;
using Gst;

namespace Dubbing.Elements.Audio;

/// <summary>Makes a stereo M4A of one with more channels: STS servers take one or two.</summary>
internal static class StereoCopy
{
    /// <summary>A copy that takes longer is given up: its fragment has a deadline.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // What avenc_aac puts in front; the edit list says so, mp4mux does not.
    private const int Priming = 1024;

    /// <summary>Decodes, mixes down, encodes. Blocks for some tens of ms: not for a streaming thread.</summary>
    /// <param name="image">The M4A.</param>
    /// <param name="rate">Samples a second of both.</param>
    /// <exception cref="InvalidDataException">It can't be decoded, or not in time.</exception>
    public static byte[] Make(byte[] image, int rate)
    {
        using var input = new MemoryFile(image);
        using var output = new MemoryFile([]);
        using var pipeline = Parse.Launch(
            $"filesrc location={input.Path} ! qtdemux ! aacparse ! avdec_aac ! audioconvert ! audioresample ! audio/x-raw,rate={rate},channels=2 "
            + $"! audioconvert ! avenc_aac bitrate=128000 ! aacparse ! mp4mux movie-timescale={rate} ! filesink location={output.Path}");
        using var bus = pipeline.Bus!;
        try
        {
            _ = pipeline.SetState(State.Playing);
            using var message = bus.TimedPopFiltered((ulong)Timeout.TotalNanoseconds, MessageType.Eos | MessageType.Error)
                ?? throw new InvalidDataException($"mixing down took longer than {Timeout.TotalSeconds} s");
            if (message.Type == MessageType.Error)
                throw new InvalidDataException($"mixing down failed: {message.ParseError().Error.Message}");
        }
        finally
        {
            _ = pipeline.SetState(State.Null);
        }
        var copy = output.ToArray();
        SkipPriming(copy);
        return copy;
    }

    // The one entry of version 0: 4 bytes duration, 4 bytes media time.
    private static void SkipPriming(Span<byte> copy)
    {
        Range? at = ..;
        foreach (var type in new[] { "moov"u8.ToArray(), "trak"u8.ToArray(), "edts"u8.ToArray(), "elst"u8.ToArray() })
            at = at is { } inside ? Mp4Boxes.Find(copy, inside, type) : null;
        if (at is not { } elst)
            throw new InvalidDataException("the M4A that was mixed down has no edit list");
        var entry = copy[elst][8..];
        BinaryPrimitives.WriteUInt32BigEndian(entry, BinaryPrimitives.ReadUInt32BigEndian(entry) - Priming);
        BinaryPrimitives.WriteUInt32BigEndian(entry[4..], Priming);
    }
}
