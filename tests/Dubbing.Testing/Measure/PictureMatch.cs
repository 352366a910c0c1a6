namespace Dubbing.Testing.Measure;

/// <summary>Which picture of the input each picture of the output is, by the bytes of the slices.</summary>
public sealed class PictureMatch
{
    private PictureMatch(Recording input, Recording output, int?[] inputIndex)
    {
        InputIndex = inputIndex;
        // The median is deaf to a single wrong timestamp, and exact while the shift is constant.
        OffsetMs = Statistics.Median(inputIndex.Index().Where(m => m.Item is not null)
            .Select(m => (double)(output.Video[m.Index].Pts - input.Video[m.Item!.Value].Pts)));
    }

    /// <summary>Input index of each output picture in decoding order; null for one that the input does not have.</summary>
    public IReadOnlyList<int?> InputIndex { get; }

    /// <summary>Output PTS minus input PTS of the same picture in ms (median): places both on one timeline.</summary>
    public double OffsetMs { get; }

    /// <summary>
    /// Matches two recordings. Where pictures occur more than once (a looped clip) the alignment that matches most pictures
    /// is taken, of equal ones the latest.
    /// </summary>
    public static PictureMatch Find(Recording input, Recording output)
    {
        var places = input.Video.Index().ToLookup(v => v.Item.SliceHash, v => v.Index);
        var first = output.Video.FirstOrDefault(v => places.Contains(v.SliceHash));
        var starts = first is null ? [] : places[first.SliceHash];
        int?[]? best = null;
        var bestScore = -1;
        foreach (var start in starts)
        {
            var (match, score) = Align(output, input, places, start);
            if (score >= bestScore)
                (best, bestScore) = (match, score);
        }

        return new PictureMatch(input, output, best ?? new int?[output.Video.Count]);
    }

    private static (int?[] Match, int Score) Align(Recording output, Recording input, ILookup<string, int> places, int start)
    {
        var match = new int?[output.Video.Count];
        var (expected, score) = (start, 0);
        for (var i = 0; i < match.Length; i++)
        {
            var hash = output.Video[i].SliceHash;
            if (expected < input.Video.Count && input.Video[expected].SliceHash == hash)
                (match[i], score) = (expected, score + 1);
            else if (places.Contains(hash))
                match[i] = places[hash].MinBy(p => Math.Abs(p - expected));
            expected = match[i] + 1 ?? expected;
        }

        return (match, score);
    }
}
