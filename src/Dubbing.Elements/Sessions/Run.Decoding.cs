using Dubbing.Elements.Audio;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Sessions;

/// <content>The decoders of what the server returned.</content>
internal sealed partial class Run
{
    // They notice within 50 ms that nobody needs them, but for one that hangs.
    private static readonly TimeSpan DecodersEnd = TimeSpan.FromSeconds(1);

    // And one for the run itself.
    private readonly CountdownEvent _decoders = new(1);

    private async Task DecodeAsync(string id, DubbedAudio audio, long maxSamples)
    {
        PcmClip? clip = null;
        try
        {
            clip = await ResultDecoder.DecodeAsync(Format, audio, maxSamples, running: _decoders, cancel: _gone.Token).ConfigureAwait(false);
        }
        catch (InvalidDataException failure)
        {
            StsLog.Category.Warning($"fragment {id}: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            return;
        }
        lock (_gate)
        {
            Playout.Supply(id, clip);
            Monitor.PulseAll(_gate);
        }
    }

    // An application may end GStreamer as soon as its pipeline is stopped.
    private void WaitForDecoders()
    {
        _decoders.Signal();
        if (!_decoders.Wait(DecodersEnd))
            StsLog.Category.Warning($"a decoder did not end within {DecodersEnd.TotalSeconds} s and goes on");
    }
}
