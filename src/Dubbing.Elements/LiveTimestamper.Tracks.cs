using Gst;
using Gst.Subclassing;

namespace Dubbing.Elements;

/// <content>A track that is missing, or stops while the other goes on.</content>
public sealed partial class LiveTimestamper
{
    // A pause of speech or pictures is shorter.
    private static readonly TimeSpan TrackStop = TimeSpan.FromSeconds(10);

    // One track goes on without the other, so only who asks would learn of it.
    private void WatchTracks(PadPair pad, ulong now)
    {
        var other = pad == _video ? _audio : _video;
        var since = other.LastArrival == Clock.TimeNone ? _firstBuffer!.Value : other.LastArrival;
        pad.LastArrival = now;
        if (pad.IsStopped)
            Tell(pad, flows: true, 0);
        if (!other.IsStopped && now - since >= (ulong)TrackStop.TotalNanoseconds)
            Tell(other, flows: false, now - since);

        void Tell(PadPair track, bool flows, ulong duration)
        {
            track.IsStopped = !flows;
            PostElementMessage(new Structure("input-track").Set("track", track == _video ? "video" : "audio").Set("flows", flows).Set("stopped-for", duration));
        }
    }

    private bool CheckTracks(PadPair pad, ulong now)
    {
        if (_failed)
            return false;
        _firstBuffer ??= now;
        var waited = (now - _firstBuffer.Value) / Clock.MSecond;
        // A track that the publisher announced may come late, however late: silence plays until then.
        var isAnnounced = _audioTimestamps != null;
        if (pad == _video && _audio.Buffers == 0 && !isAnnounced && _audioTimeout > 0 && waited > _audioTimeout)
            return Fail($"no audio track: {waited / 1000.0:0.0} s after the first picture no AAC audio has come");
        if (pad == _audio && _video.Buffers == 0 && _videoTimeout > 0 && waited > _videoTimeout)
            return Fail($"no video track: {waited / 1000.0:0.0} s after the first audio no H.264 picture has come");
        return true;
    }

    private bool Fail(string text)
    {
        _failed = true;
        PostError(ElementError.WrongType, text);
        return false;
    }
}
