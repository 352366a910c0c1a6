using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dubbing.Elements.Audio;
using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

/// <summary>
/// Lets an FLV stream that was joined in the middle begin with a picture: tags with configuration and metadata pass, audio and
/// pictures only from the first key frame on.
/// <code>rtmp2src location=… ! flvgate ! flvdemux</code>
/// </summary>
/// <remarks>A server that sends audio up to a group of pictures before the first picture makes <c>flvdemux</c> give up on video
/// after 6 s for good, and the STS server translate what nobody will hear. It gives up on audio as well, so audio that is announced by
/// metadata or configuration but does not come is begun by one frame of silence. Timestamps that begin again leap forward instead
/// (<see cref="FlvTimestamps"/>). The stream may come in buffers of any size.
/// Source: Adobe Flash Video File Format Specification 10.1, annex E.</remarks>
public sealed class FlvGate : PlainElementImpl
{
    private const int FileHeader = 13;
    private const int TagHeader = 11;
    private const int BackPointer = 4;

    // What must be known of a tag to see whether it is a configuration.
    private const int TagHead = TagHeader + 6;
    private const uint DefaultTimeout = 20000;
    private const uint DefaultAudioTimeout = 3000;

    // In ms of stream after the first picture: audio that has not come by then is begun; flvdemux waits 6 s.
    private const uint AudioPatience = 1000;
    private const uint ConfigurationPatience = 5000;

    private static readonly DebugCategory Category = new("flvgate", "FLV gate");

    private readonly List<byte> _pending = [];
    private FlvTimestamps _timestamps = new();
    private PadPair _pads = null!;
    private uint _timeout = DefaultTimeout;
    private uint _audioTimeout = DefaultAudioTimeout;
    private bool _open;
    private bool _tracksKnown;
    private bool _headerSeen;
    private bool _audioSeen;
    private uint? _firstTimestamp;
    private long? _joined;
    private uint _opened;
    private byte[]? _audioConfig;
    private byte[]? _announced;

    /// <inheritdoc />
    public override DebugCategory Debug => Category;

    /// <summary>The class, as <c>gst-inspect-1.0 flvgate</c> shows it.</summary>
    public static ElementDescription Description { get; } = new(
        "GstFlvGate",
        new ElementMetadata("FLV gate", "Filter/Demuxer", "Begins an FLV stream with its first key frame", "The Dubbing authors"),
        [
            new PadTemplateSpec("sink", PadDirection.Sink, PadPresence.Always, "video/x-flv"),
            new PadTemplateSpec("src", PadDirection.Src, PadPresence.Always, "video/x-flv"),
        ],
        [
            PropertySpec.UInt<FlvGate>("timeout", "Timeout",
                "Error if no key frame comes in so many ms of stream (0: never); longer than the longest group of pictures", 0, 120000,
                DefaultTimeout, PropertyFlags.MutableReady, e => e._timeout, (e, v) => e._timeout = v),
            PropertySpec.UInt<FlvGate>("audio-timeout", "Audio timeout",
                "Error if so many ms after the join audio has neither come nor been announced (0: never)", 0, 60000,
                DefaultAudioTimeout, PropertyFlags.MutableReady, e => e._audioTimeout, (e, v) => e._audioTimeout = v),
        ]);

    /// <inheritdoc />
    protected override void OnInitialise() =>
        _pads = new PadPair(AddPad("sink", "sink"), AddPad("src", "src"), OnBuffer, OnEvent);

    /// <inheritdoc />
    protected override StateChangeReturn ChangeState(StateChange transition)
    {
        if (transition == StateChange.ReadyToPaused)
            BeginAnew();
        return base.ChangeState(transition);
    }

    private bool OnEvent(PadPair pads, Event @event)
    {
        if (@event.Type == EventType.FlushStop)
            BeginAnew();
        return true;
    }

    private void BeginAnew()
    {
        _pending.Clear();
        _timestamps = new();
        (_open, _tracksKnown, _headerSeen, _audioSeen, _firstTimestamp) = (false, false, false, false, null);
        (_audioConfig, _announced, _joined) = (null, null, null);
    }

    private FlowReturn OnBuffer(PadPair pads, Gst.Buffer buffer)
    {
        // As rtmp2src hands them out: a tag each.
        Span<byte> head = stackalloc byte[TagHead];
        head = head[..buffer.CopyTo(head)];
        if (_tracksKnown && _pending.Count == 0 && head.Length >= TagHeader && SizeOf(head) == buffer.Size)
            return PushTag(pads, buffer, head);
        _pending.AddRange(buffer.ToArray());
        var kept = new List<byte>();
        if (!Take(kept))
            return FlowReturn.Error;
        return kept.Count == 0 ? FlowReturn.Ok : pads.Source.Push(new Gst.Buffer(CollectionsMarshal.AsSpan(kept)));
    }

    private FlowReturn PushTag(PadPair pads, Gst.Buffer buffer, Span<byte> head)
    {
        if (!CheckCodec(head))
            return FlowReturn.Error;
        if (!Retime(head))
            return pads.Source.Push(buffer);
        using var writable = buffer.MakeWritable();
        writable.Fill(head);
        return pads.Source.Push(writable);
    }

    // Moves what passes from the pending bytes to those kept: all of them when both tracks have begun, or will not.
    private bool Take(List<byte> kept)
    {
        var at = 0;
        if (!_headerSeen)
        {
            if (_pending.Count < FileHeader)
                return true;
            _headerSeen = true;
            kept.AddRange(_pending[..FileHeader]);
            at = FileHeader;
        }
        while (_pending.Count - at >= TagHeader)
        {
            var header = CollectionsMarshal.AsSpan(_pending)[at..];
            var size = SizeOf(header);
            if (header.Length < size)
                break;
            var tag = header[..size];
            if (!CheckCodec(tag))
                return false;
            Retime(tag);
            if (_tracksKnown)
                kept.AddRange(tag);
            else if (!TakeTag(tag, kept))
                return false;
            at += size;
        }
        _pending.RemoveRange(0, at);
        return true;
    }

    // False: the timestamp stays as it is.
    private bool Retime(Span<byte> tag)
    {
        // What describes a track may carry any timestamp.
        if (IsConfiguration(tag))
            return false;
        var timestamp = TimestampOf(tag);
        var passed = _timestamps.Next(isVideo: Type(tag) == 9, timestamp);
        (tag[7], tag[4], tag[5], tag[6]) = ((byte)(passed >> 24), (byte)(passed >> 16), (byte)(passed >> 8), (byte)passed);
        return passed != timestamp;
    }

    private bool TakeTag(ReadOnlySpan<byte> tag, List<byte> kept)
    {
        _joined ??= Environment.TickCount64;
        var timestamp = TimestampOf(tag);
        if (!_open && IsKeyFrame(tag))
            (_open, _opened) = (true, timestamp);
        var isConfiguration = IsConfiguration(tag);
        if (isConfiguration && Type(tag) == 8)
            _audioConfig = tag[(TagHeader + 2)..^4].ToArray();
        if (Type(tag) == 18)
            _announced = FlvMetadata.AudioConfig(tag) ?? _announced;
        _audioSeen |= Type(tag) == 8 || _announced != null;
        if (!isConfiguration && !CheckTime(timestamp))
            return false;
        if (!_open && !isConfiguration)
            return true;
        if (_open)
            BeginAudio(tag, isConfiguration, unchecked(timestamp - _opened), timestamp, kept);
        kept.AddRange(tag);
        return true;
    }

    private void BeginAudio(ReadOnlySpan<byte> tag, bool isConfiguration, uint since, uint timestamp, List<byte> kept)
    {
        if (Type(tag) == 8 && !isConfiguration)
            _tracksKnown = true;
        else if (Type(tag) != 9 || since > int.MaxValue)
            return;
        else if ((_audioConfig ?? _announced) is { } config && since >= AudioPatience)
        {
            // Some servers send the configuration with the first frame only.
            if (_audioConfig == null)
                kept.AddRange(AudioTag(0, config, timestamp));
            kept.AddRange(AudioTag(1, SilentAac.Frame(AacConfig.Parse(config).Channels), timestamp));
            _tracksKnown = true;
        }
        else
        {
            _tracksKnown = since >= ConfigurationPatience;
        }
    }

    // 10: AAC, the rest of the byte says nothing; then 0 with a configuration, 1 with a frame.
    private static byte[] AudioTag(byte kind, byte[] content, uint timestamp)
    {
        byte[] body = [0xaf, kind, .. content];
        return
        [
            8, 0, 0, (byte)body.Length, (byte)(timestamp >> 16), (byte)(timestamp >> 8), (byte)timestamp, (byte)(timestamp >> 24), 0, 0, 0,
            .. body, 0, 0, 0, (byte)(TagHeader + body.Length),
        ];
    }

    // Every tag is looked at, for a codec may change on the way; and here, for what stands behind only finds that nothing fits.
    private bool CheckCodec(ReadOnlySpan<byte> tag)
    {
        var content = tag[TagHeader..Math.Min(tag.Length, SizeOf(tag) - BackPointer)];
        var fault = content.IsEmpty ? null : Type(tag) switch
        {
            8 => FlvCodecs.ForeignAudio(content) is { } codec ? $"no audio track: the audio is {codec}, not AAC" : null,
            9 => FlvCodecs.ForeignVideo(content) is { } codec ? $"no video track: the video is {codec}, not H.264" : null,
            _ => null,
        };
        if (fault is not null)
            PostError(ElementError.WrongType, fault);
        return fault is null;
    }

    private bool CheckTime(uint timestamp)
    {
        _firstTimestamp ??= timestamp;
        var waited = unchecked(timestamp - _firstTimestamp.Value);
        if (waited > int.MaxValue)
            return true;
        if (!_audioSeen && _audioTimeout > 0 && AudioWaited(waited) is var waitedForAudio && waitedForAudio > _audioTimeout)
            PostError(ElementError.WrongType, $"no audio track: in {waitedForAudio / 1000.0:0.0} s no AAC audio has come");
        else if (!_open && _timeout > 0 && waited > _timeout)
            PostError(ElementError.WrongType, $"no video track: in {waited / 1000.0:0.0} s of stream no H.264 key frame has come");
        else
            return true;
        return false;
    }

    // A server may keep a late reader waiting for the next key frame after it has told the metadata: that counts, too, once the stream flows.
    private long AudioWaited(uint ofStream) =>
        ofStream < AudioPatience ? ofStream : Math.Max(ofStream, Environment.TickCount64 - _joined!.Value);

    // Video: 4 bits frame type (1: key frame), 4 bits codec (7: AVC), 1 byte packet type (0: configuration, 1: pictures).
    private static bool IsKeyFrame(ReadOnlySpan<byte> tag) =>
        Type(tag) == 9 && tag.Length > TagHeader + 5 && tag[TagHeader] == 0x17 && tag[TagHeader + 1] == 1;

    // Audio: 4 bits format (10: AAC) …, 1 byte packet type (0: configuration). Type 18 is metadata.
    private static bool IsConfiguration(ReadOnlySpan<byte> tag) => Type(tag) switch
    {
        9 or 8 => tag.Length > TagHeader + 5 && tag[TagHeader + 1] == 0 && (Type(tag) == 8 ? tag[TagHeader] >> 4 == 10 : (tag[TagHeader] & 15) == 7),
        _ => true,
    };

    private static int SizeOf(ReadOnlySpan<byte> tag) => TagHeader + ((tag[1] << 16) | BinaryPrimitives.ReadUInt16BigEndian(tag[2..])) + BackPointer;

    // 24 bits, then the highest 8.
    private static uint TimestampOf(ReadOnlySpan<byte> tag) => (uint)((tag[7] << 24) | (tag[4] << 16) | (tag[5] << 8) | tag[6]);

    private static int Type(ReadOnlySpan<byte> tag) => tag[0] & 0x1f;
}
