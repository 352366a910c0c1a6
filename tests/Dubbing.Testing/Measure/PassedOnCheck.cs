namespace Dubbing.Testing.Measure;

/// <summary>Whether what came to an egress target is a piece of what a reader of the output got: the same pictures and audio packets, bytes and
/// timestamps, in the same order, none missing in between; from a key frame on.</summary>
public static class PassedOnCheck
{
    private const int LastPackets = 3;

    /// <summary>The check. Figures: packets, how many of the output came before and after the piece, and how much later than there they arrived.</summary>
    /// <param name="output">What the output's reader got.</param>
    /// <param name="target">What came to the target.</param>
    /// <param name="relayedAsIs">False: the media server gives each of its readers timestamps of its own, which are not compared then.</param>
    public static CheckResult Run(Recording output, Recording target, bool relayedAsIs = true)
    {
        if (!relayedAsIs)
            (output, target) = (output.FromFirstPicture(), target.FromFirstPicture());
        var problems = new List<string>(target.Faults);
        var figures = new Dictionary<string, double>();
        if (target.Video is [{ IsIdr: false }, ..])
            problems.Add("it does not begin with a key frame");
        if (target.Video.Count > 0 && target.Audio.Count > 0 && target.Audio[0].Timestamp < target.Video[0].Dts - 1000)
            problems.Add("audio begins more than a second before the first picture");
        Compare("video", output.Video, target.Video, v => $"{Time(v.Dts, v.Pts)} {v.SliceHash}", v => v.ArrivalNs);
        Compare("audio", output.Audio, target.Audio, a => $"{Time(a.Timestamp)} {Convert.ToHexString(a.Data.Span)}", a => a.ArrivalNs);
        return new CheckResult("Passed on", problems.Count == 0, figures, problems);

        string Time(params long[] timestamps) => relayedAsIs ? string.Join(' ', timestamps) : "";

        void Compare<T>(string kind, IReadOnlyList<T> whole, IReadOnlyList<T> piece, Func<T, string> identity, Func<T, long> arrival)
        {
            var (ids, wanted) = (whole.Select(identity).ToList(), piece.Select(identity).ToList());
            if (wanted.Count == 0)
            {
                problems.Add($"no {kind} came");
                return;
            }

            // Silence is alike: of all places where it may begin the one that fits longest.
            var (at, same) = Enumerable.Range(0, ids.Count).Where(at => ids[at] == wanted[0])
                .Select(at => (At: at, Same: ids.Skip(at).Zip(wanted).TakeWhile(pair => pair.First == pair.Second).Count()))
                .DefaultIfEmpty((At: 0, Same: 0)).MaxBy(place => place.Same);
            // Where the output ends its server may let one reader go a little before the other.
            if (same < wanted.Count && (at + same < ids.Count || wanted.Count - same > LastPackets))
                problems.Add($"{kind} packet {same} of {wanted.Count} is not the output's {at + same}");
            var later = piece.Take(same).Select((packet, i) => (arrival(packet) - arrival(whole[at + i])) / 1e6).ToList();
            figures[$"{kind} packets"] = wanted.Count;
            figures[$"{kind} before"] = at;
            figures[$"{kind} after"] = ids.Count - at - same;
            figures[$"{kind} later ms"] = Statistics.Median(later);
            figures[$"{kind} latest ms"] = later.DefaultIfEmpty().Max();
        }
    }
}
