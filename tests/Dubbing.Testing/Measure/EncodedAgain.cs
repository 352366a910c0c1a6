using System.Buffers.Binary;

namespace Dubbing.Testing.Measure;

/// <summary>
/// What an undisturbed chain makes of a clip's audio: one decoder over all its frames, one encoder after it, nothing in between.
/// A pipeline that plays the original through the same encoder must sound exactly so, at the joins of its fragments as elsewhere.
/// </summary>
public static class EncodedAgain
{
    // voaacenc's priming.
    private const int EncoderDelay = 1600;

    private const string Chain =
        "fdsrc ! aacparse ! avdec_aac ! audioconvert dithering=none ! audioresample ! audio/x-raw,format=S16LE,rate=48000,channels=2"
        + " ! voaacenc bitrate=128000 ! aacparse ! audio/mpeg,stream-format=adts ! fdsink";

    /// <summary>Decodes and encodes a clip's audio.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="firstPacket">The packet that the decoder begins with. An encoder's state depends on all that it had before,
    /// so this must be the one that the other chain began with.</param>
    /// <returns>The sound after the encoder, on the clip's timeline.</returns>
    public static DecodedAudio From(Recording clip, int firstPacket)
    {
        var config = clip.AudioConfigs[0];
        var adts = clip.Audio.Skip(firstPacket).SelectMany(packet => Adts(packet, config)).ToArray();
        var (encoded, fault) = MediaTool.GstLaunch(Chain, adts);
        var (pcm, decodeFault) = MediaTool.Ffmpeg(["-f", "aac", "-i", "pipe:0", "-ac", "1", "-ar", $"{DecodedAudio.Rate}", "-f", "s16le", "pipe:1"], encoded);
        var first = (double)firstPacket * config.SamplesPerPacket * DecodedAudio.Rate / config.SampleRate;
        return new DecodedAudio(DecodedAudio.FromPcm(pcm), clip.Pcm.MsAt(first - EncoderDelay), fault ?? decodeFault);
    }

    // Source: ISO/IEC 14496-3, 1.A.2.2.
    private static byte[] Adts(AudioPacket packet, AudioConfig config)
    {
        const int Header = 7;
        var length = Header + packet.Data.Length;
        var frame = new byte[length];
        frame[0] = 0xff;
        frame[1] = 0xf1;
        frame[2] = (byte)((config.ObjectType - 1 << 6) | (config.CoreRateIndex << 2) | (config.Channels >> 2));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(3), (uint)((config.Channels & 3) << 30 | length << 13 | 0x7ff << 2));
        packet.Data.Span.CopyTo(frame.AsSpan(Header));
        return frame;
    }
}
