using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Scenarios;

/// <summary>Listens to a marked output: each fragment that counts as dubbed is its tone, every other one the original.</summary>
public static class FragmentSound
{
    /// <summary>Where tone and original meet, the encoder's window smears them into each other: so much of a fragment can't be judged.</summary>
    public const double EdgeSeconds = 0.2;

    // A decoder's first frame is damaged, since the frame that it overlaps with is not there.
    private const double FadeInFrames = 1;

    /// <summary>Compares what is heard with what the service says of each fragment.</summary>
    /// <param name="stage">Where it was recorded.</param>
    /// <param name="take">The recording; its clip was published once, so that each fragment's place in it is known.</param>
    /// <param name="tones">The tone in Hz that the server answered with, by fragment id.</param>
    public static IReadOnlyList<CheckResult> Check(Stage stage, TakeResult take, IReadOnlyDictionary<string, double> tones)
    {
        var offset = PictureMatch.Find(take.Clip, take.Output).OffsetMs;
        var files = FragmentFiles.Of(stage, take.Id);
        if (files.Count != take.Fragments.Count)
            throw new InvalidDataException($"{files.Count} fragments on disk, {take.Fragments.Count} reported");
        var first = FirstAudible(take.Output);
        var dubbed = new List<ToneFragment>();
        var original = new List<TimeRange>();
        var joins = new List<double>();
        foreach (var (fragment, file) in take.Fragments.Zip(files))
        {
            var start = (FragmentFiles.StartInClip(file, take.Clip) + offset) / 1000;
            var end = start + (double)fragment["duration_seconds"]!;
            // What comes before the first picture is not heard.
            var isCut = start < first;
            start = Math.Max(start, first);
            if (end - start < EdgeSeconds)
                continue;
            joins.Add(start);
            if ((string?)fragment["outcome"] == "dubbed")
                dubbed.Add(new ToneFragment(start, end - start, tones.GetValueOrDefault((string)fragment["id"]!), isCut));
            else
                Extend(original, new TimeRange(start, end));
        }

        var ranges = original.Select(r => new TimeRange(r.StartSeconds + EdgeSeconds, r.EndSeconds - EdgeSeconds))
            .Where(r => r.EndSeconds > r.StartSeconds).ToList();
        var results = new List<CheckResult>();
        if (dubbed.Count > 0)
            results.Add(ToneCheck.Run(take.Output.Pcm, dubbed));
        if (ranges.Count > 0)
            results.Add(OriginalCheck.Run(take.Clip.Pcm, take.Output.Pcm, offset, ranges, joins, relayedAsIs: take.RelayedAsIs));
        return results;
    }

    /// <summary>From when on, in seconds, a recording's sound can be heard: it begins in the middle of the input's.</summary>
    public static double FirstAudible(Recording output)
    {
        if (output.Audio.Count == 0 || output.AudioConfigs is not [var config, ..])
            return 0;
        return output.Audio[0].Timestamp / 1000.0 + FadeInFrames * config.SamplesPerPacket / config.SampleRate;
    }

    // Fragments that follow each other are one range, so that the joins between them are judged.
    private static void Extend(List<TimeRange> ranges, TimeRange next)
    {
        const double TouchSeconds = 0.1;
        if (ranges.Count > 0 && next.StartSeconds - ranges[^1].EndSeconds < TouchSeconds)
            ranges[^1] = new TimeRange(ranges[^1].StartSeconds, next.EndSeconds);
        else
            ranges.Add(next);
    }
}
