using Dubbing.Testing.Measure;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>What every flow is held against.</summary>
internal static class FlowJudge
{
    /// <summary>Longest time that a take of a 30 s clip may last, the delay and the media server's shutdown included.</summary>
    public static readonly TimeSpan TakeLimit = TimeSpan.FromSeconds(100);

    /// <summary>The reader of the output is there from the beginning; the run ends soon after the publisher left.</summary>
    public static StageOptions Options(params IReadOnlyList<string> ids) => new()
    {
        Ids = ids,
        KeepIdleReaders = true,
        Service = new Dictionary<string, string?> { ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1" },
    };

    /// <summary>Video, Audio, A/V, Pacing and Delay of a take whose sound is the original's.</summary>
    /// <param name="take">The take.</param>
    /// <param name="settlingSeconds">A/V is judged from so many seconds of output on.</param>
    /// <param name="avToleranceMs">How far a beep may move against its flash.</param>
    public static MeasureReport Judge(
        TakeResult take, double settlingSeconds = 0, double avToleranceMs = AvCheck.DefaultToleranceMs) => new(
    [
        VideoCheck.Run(take.Clip, take.Output, relayedAsIs: take.RelayedAsIs),
        AudioCheck.Run(take.Output),
        Format(take.Output),
        AvCheck.Run(take.Clip, take.Output, settlingSeconds, toleranceMs: avToleranceMs),
        PacingCheck.Run(take.Output),
        DelayCheck.Run(take.Input, take.Output, (double)take.Status["delay_seconds"]!),
    ]);

    // Whatever the input is: the shipped pipelines encode AAC-LC, 48 kHz, stereo.
    private static CheckResult Format(Recording output)
    {
        var configs = output.AudioConfigs;
        var ok = configs is [{ ObjectType: 2, SampleRate: 48000, Channels: 2 }];
        return new CheckResult("Format", ok, new Dictionary<string, double>(),
            ok ? [] : [$"the output's audio is not AAC-LC, 48 kHz, stereo but {string.Join(", ", configs)}"]);
    }
}
