namespace Dubbing.Testing.Measure;

/// <summary>Packets arrive evenly: each as long after its timestamp as the others. How long the whole machine stood still while a packet was
/// late is not held against it.</summary>
public static class PacingCheck
{
    private const double ToleranceMs = 100;

    // The connection's own beginning is not judged.
    private const double SettlingMs = 1000;

    /// <summary>Checks arrival minus timestamp (DTS for video) of every packet from 1 s after the first.</summary>
    /// <param name="recording">What a viewer received.</param>
    /// <param name="standstills">When the machine stood still; what this process has seen of it when null.</param>
    public static CheckResult Run(Recording recording, IReadOnlyList<Standstill>? standstills = null)
    {
        standstills ??= StandstillWitness.Seen;
        var findings = new Findings("Pacing");
        var packets = recording.Video.Select(v => (Kind: "video", Ms: v.Dts, ArrivalMs: v.ArrivalNs / 1e6))
            .Concat(recording.Audio.Select(a => (Kind: "audio", Ms: a.Timestamp, ArrivalMs: a.ArrivalNs / 1e6)))
            .OrderBy(p => p.ArrivalMs).ToList();
        if (packets.Any(p => p.ArrivalMs == 0))
            findings.Problem("the recording has no arrival stamps");
        var settled = packets.Where(p => p.ArrivalMs >= packets[0].ArrivalMs + SettlingMs).ToList();
        findings.Figure("packets", settled.Count);
        if (settled.Count == 0)
            findings.Problem("nothing arrived after the first second");

        var median = Statistics.Median(settled.Select(p => p.ArrivalMs - p.Ms));
        var (earliest, latest, excused) = (0.0, 0.0, 0.0);
        foreach (var packet in settled)
        {
            var off = packet.ArrivalMs - packet.Ms - median;
            (earliest, latest) = (Math.Min(earliest, off), Math.Max(latest, off));
            if (Math.Abs(off) <= ToleranceMs)
                continue;
            var stood = Standstill.Within(standstills, (long)(1e6 * (packet.ArrivalMs - off)), (long)(1e6 * packet.ArrivalMs)) / 1e6;
            excused = Math.Max(excused, stood);
            if (Math.Abs(off) - stood > ToleranceMs)
                findings.Problem($"{packet.Kind} packet {packet.Ms} arrived {off:+0;-0} ms off the median; the machine stood still for {stood:0} ms of it (CLOCK_MONOTONIC {packet.ArrivalMs:0} ms)");
        }

        findings.Figure("earliest ms", earliest);
        findings.Figure("latest ms", latest);
        if (excused > 0)
            findings.Figure("of it the machine stood still ms", excused);
        return findings.Result();
    }
}
