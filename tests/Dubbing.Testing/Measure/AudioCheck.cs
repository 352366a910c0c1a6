namespace Dubbing.Testing.Measure;

/// <summary>The audio's timeline has no gap and no overlap, one configuration, and the video's length.</summary>
public static class AudioCheck
{
    // FLV timestamps are whole milliseconds.
    private const double TimelineToleranceMs = 1;
    private const double LengthToleranceMs = 100;

    // Two roundings: the packet's and the picture's.
    private const double StartToleranceMs = 2;

    /// <summary>Checks the timestamps of every packet against the samples before it, configuration, length and start.</summary>
    public static CheckResult Run(Recording recording)
    {
        var findings = new Findings("Audio");
        findings.Figure("packets", recording.Audio.Count);
        findings.Figure("configurations", recording.AudioConfigs.Count);
        foreach (var fault in recording.Faults)
            findings.Problem(fault);
        if (recording.AudioConfigs.Count != 1)
            findings.Problem($"{recording.AudioConfigs.Count} AAC configurations: {string.Join(", ", recording.AudioConfigs.Select(c => c.Hex))}");
        if (recording.Audio.Count == 0 || recording.AudioConfigs.Count == 0)
        {
            findings.Problem("no audio");
            return findings.Result();
        }

        var config = recording.AudioConfigs[0];
        findings.Figure("rate Hz", config.SampleRate);
        var packetMs = 1000.0 * config.SamplesPerPacket / config.SampleRate;
        CheckTimeline(findings, recording.Audio, packetMs);
        CheckAgainstVideo(findings, recording, packetMs);
        return findings.Result();
    }

    private static void CheckTimeline(Findings findings, IReadOnlyList<AudioPacket> audio, double packetMs)
    {
        var (worst, reported) = (0.0, 0.0);
        for (var i = 0; i < audio.Count; i++)
        {
            var error = audio[i].Timestamp - audio[0].Timestamp - i * packetMs;
            if (Math.Abs(error) > Math.Abs(worst))
                worst = error;
            // One problem a jump, not one for every packet after it.
            if (Math.Abs(error) > TimelineToleranceMs && Math.Abs(error - reported) > TimelineToleranceMs)
            {
                findings.Problem($"packet {i} at {audio[i].Timestamp} ms is {error:+0.0;-0.0;0.0} ms off the samples before it");
                reported = error;
            }
        }

        findings.Figure("worst timeline error ms", worst);
    }

    private static void CheckAgainstVideo(Findings findings, Recording recording, double packetMs)
    {
        var audioMs = recording.Audio[^1].Timestamp - recording.Audio[0].Timestamp + packetMs;
        findings.Figure("length ms", audioMs);
        if (recording.Video.Count == 0)
        {
            findings.Problem("no video to compare the length with");
            return;
        }

        var firstPicture = recording.Video.Min(v => v.Pts);
        var videoMs = recording.VideoEndMs - firstPicture;
        findings.Figure("video length ms", videoMs);
        if (Math.Abs(audioMs - videoMs) > LengthToleranceMs)
            findings.Problem($"the audio is {audioMs - videoMs:+0;-0} ms longer than the video");

        // A packet that ends with or after the picture's time may hold priming; one that ends before it is audio alone.
        var early = recording.Audio.Count(p => p.Timestamp + packetMs < firstPicture - StartToleranceMs);
        findings.Figure("packets before first picture", early);
        if (early > 0)
            findings.Problem($"{early} audio packets end before the first picture at {firstPicture} ms");
    }
}
