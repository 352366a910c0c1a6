namespace Dubbing.Testing.Measure;

/// <summary>Finds digital silence: samples that are zero or one step of 16 bits away from it.</summary>
public static class Silence
{
    private const float Largest = 1.5f / 32768;

    /// <summary>All runs longer than a limit, as times in ms on the audio's timeline.</summary>
    public static IReadOnlyList<(double StartMs, double EndMs)> Find(DecodedAudio audio, double longerThanMs = 20)
    {
        var runs = new List<(double StartMs, double EndMs)>();
        var smallest = longerThanMs * DecodedAudio.Rate / 1000;
        var start = 0;
        for (var i = 0; i <= audio.Samples.Length; i++)
        {
            if (i < audio.Samples.Length && Math.Abs(audio.Samples[i]) <= Largest)
                continue;
            if (i - start > smallest)
                runs.Add((audio.MsAt(start), audio.MsAt(i)));
            start = i + 1;
        }

        return runs;
    }
}
