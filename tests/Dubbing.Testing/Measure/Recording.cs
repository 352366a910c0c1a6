using System.Security.Cryptography;

namespace Dubbing.Testing.Measure;

/// <summary>
/// What a reader got of a stream: pictures, audio packets, configurations. Immutable; decoding is done once, on demand,
/// thread-safe. Bad media never throw: what could not be understood stands in <see cref="Faults"/>.
/// </summary>
public sealed class Recording
{
    private readonly List<VideoSample> video = [];
    private readonly List<AudioPacket> audio = [];
    private readonly List<AudioConfig> audioConfigs = [];
    private readonly List<string> faults = [];
    private readonly List<(FlvTag Tag, long Timestamp)> timed = [];
    private readonly Lazy<DecodedAudio> decodedAudio;
    private readonly Lazy<DecodedVideo> decodedVideo;
    private int nalLengthSize = 4;

    private Recording(IReadOnlyList<FlvTag> tags, Recording? decoded = null)
    {
        Tags = tags;
        decodedAudio = new(() => Measure.DecodedAudio.Decode(this));
        decodedVideo = new(() => decoded is null ? Measure.DecodedVideo.Decode(this) : Measure.DecodedVideo.Of(this, decoded));
        long last = 0;
        foreach (var tag in tags)
        {
            last = timed.Count == 0 ? tag.Timestamp : last + (int)(tag.Timestamp - (uint)last);
            timed.Add((tag, last));
            Add(tag, last);
        }
    }

    /// <summary>The tags that it was made of.</summary>
    public IReadOnlyList<FlvTag> Tags { get; }

    /// <summary>The pictures, in decoding order.</summary>
    public IReadOnlyList<VideoSample> Video => video;

    /// <summary>The audio packets, in order of arrival.</summary>
    public IReadOnlyList<AudioPacket> Audio => audio;

    /// <summary>All distinct AAC configurations, in order of appearance.</summary>
    public IReadOnlyList<AudioConfig> AudioConfigs => audioConfigs;

    /// <summary>What could not be understood.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>The audio as PCM. Blocks for the time of decoding when first used.</summary>
    public DecodedAudio Pcm => decodedAudio.Value;

    /// <summary>The pictures' brightness. Blocks for the time of decoding when first used.</summary>
    public DecodedVideo Luma => decodedVideo.Value;

    /// <summary>Duration of a usual video step in ms (median of the DTS steps), 0 without video.</summary>
    public double FrameMs => Statistics.Median(video.Zip(video.Skip(1), (a, b) => (double)(b.Dts - a.Dts)));

    /// <summary>End of the video in ms: the largest PTS and one frame.</summary>
    public double VideoEndMs => video.Count == 0 ? 0 : video.Max(v => v.Pts) + FrameMs;

    /// <summary>Reads an FLV file. Throws <see cref="IOException"/> if it can't be read.</summary>
    public static Recording FromFile(string path) => FromTags(FlvReader.ReadFile(path));

    /// <summary>Builds a recording from tags in order of arrival.</summary>
    public static Recording FromTags(IEnumerable<FlvTag> tags) => new([.. tags]);

    /// <summary>Without the audio that ends before the first picture: what a viewer gets who joins in the middle of a group of pictures.</summary>
    public Recording FromFirstPicture()
    {
        if (video.Count == 0 || audioConfigs.Count == 0)
            return this;
        var first = video.Min(v => v.Pts);
        var packetMs = 1000.0 * audioConfigs[0].SamplesPerPacket / audioConfigs[0].SampleRate;
        return new([.. timed.Where(t => t.Tag is not { IsAac: true, PacketType: not 0 } || t.Timestamp + packetMs >= first).Select(t => t.Tag)]);
    }

    /// <summary>This, with the brightness of its pictures taken from a recording that has the same ones: for a clip that was published over and
    /// over, which would take long to decode. A picture that is not in it is a fault of <see cref="Luma"/>.</summary>
    public Recording WithPicturesOf(Recording decoded) => new(Tags, decoded);

    /// <summary>The FLV stream of one kind of tags with timestamps from 0, and what 0 stands for in ms.</summary>
    internal (byte[] Flv, long BaseMs) Extract(FlvTagType type)
    {
        var wanted = timed.Where(t => t.Tag.Type == type).ToList();
        var baseMs = wanted.Select(t => t.Timestamp).DefaultIfEmpty(0).Min();
        return (FlvWriter.ToBytes(wanted.Select(t => t.Tag with { Timestamp = (uint)(t.Timestamp - baseMs) })), baseMs);
    }

    private void Add(FlvTag tag, long timestamp)
    {
        switch (tag)
        {
            case { IsAvc: true, PacketType: 0 }:
                if (tag.Payload.Length >= 10)
                    nalLengthSize = (tag.Payload.Span[9] & 3) + 1;
                break;
            case { IsAvc: true, PacketType: 1 }:
                video.Add(ReadPicture(tag, timestamp));
                break;
            case { IsAac: true, PacketType: 0 }:
                AddConfig(tag);
                break;
            case { IsAac: true }:
                audio.Add(new AudioPacket(timestamp, tag.Payload[2..], tag.ArrivalNs));
                break;
            case { Type: FlvTagType.Script } or { IsAvc: true }:
                break;
            default:
                AddFault($"{tag.Type} tag at {timestamp} ms is neither AVC nor AAC");
                break;
        }
    }

    private void AddConfig(FlvTag tag)
    {
        if (AudioConfig.TryParse(tag.Payload.Span[2..]) is not { } config)
            AddFault($"unusable AudioSpecificConfig {Convert.ToHexString(tag.Payload.Span[2..])}");
        else if (!audioConfigs.Contains(config))
            audioConfigs.Add(config);
    }

    private VideoSample ReadPicture(FlvTag tag, long timestamp)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (slices, idr) = (0, false);
        foreach (var nal in NalUnits.Split(tag.Payload[5..], nalLengthSize))
        {
            var type = nal.Span[0] & 0x1f;
            if (type is not (1 or 5))
                continue;
            hash.AppendData(BitConverter.GetBytes(nal.Length));
            hash.AppendData(nal.Span);
            slices++;
            idr |= type == 5;
        }

        if (slices == 0)
            AddFault($"video tag at {timestamp} ms has no slice");
        return new VideoSample(
            timestamp, timestamp + tag.CompositionTime, idr, Convert.ToHexString(hash.GetHashAndReset(), 0, 16), slices, tag.ArrivalNs);
    }

    private void AddFault(string fault)
    {
        if (!faults.Contains(fault))
            faults.Add(fault);
    }
}
