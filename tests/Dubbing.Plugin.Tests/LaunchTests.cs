using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary><c>gst-launch-1.0</c> with what it offers: an interrupt that ends the stream, tracers.</summary>
public sealed partial class LaunchTests(StockPrograms programs)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_interrupt_ends_the_stream_and_the_last_fragment_is_sent()
    {
        await using var sts = await EchoSts.Start();
        // The first answer comes in the middle of the second fragment: what is there of it is worth sending.
        await sts.SetModes(new JsonObject { ["processing_delay"] = new JsonObject { ["fixed_ms"] = 2000 } });
        // Into a pipe it would write the messages when they fill a block.
        await using var launched = programs.Start("stdbuf", ["-oL", "gst-launch-1.0", "-e", "-m", .. Line(sts, FixtureFiles.A, seconds: 4, timeout: 4000)]);
        await launched.WaitForLine(" sts-fragment-processed,", Limit);
        launched.Signal(UnixSignal.Interrupt);
        var code = await launched.Exited.WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.True(code == 0, launched.Tail());
        Assert.Contains(launched.Lines, line => line.Text.Contains("EOS received", StringComparison.Ordinal));
        var durations = launched.Lines.Select(line => Dubbed().Match(line.Text)).Where(match => match.Success)
            .Select(match => TimeSpan.FromMilliseconds(ulong.Parse(match.Groups[1].Value, null) / 1e6)).ToList();
        Assert.Equal(2, durations.Count);
        Assert.InRange(durations[1], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3.9));
        Assert.Equal(2, launched.Lines.Count(line => line.Text.Contains(" sts-fragment-cut,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_tracers_find_nothing()
    {
        await using var sts = await EchoSts.Start();
        using var folder = new TemporaryFolder();
        // With flags the latency tracer of 1.22 itself keeps whatever sink splitmuxsink writes to, a filesink as well.
        var environment = StockPrograms.LeaksTracer(folder.File("log"), ";latency");
        environment["G_DEBUG"] = "fatal-warnings";
        await programs.RunAsync("gst-launch-1.0", Line(sts, FixtureFiles.E, seconds: 2, timeout: 2000), environment);
        await StockPrograms.AssertNoLeaksAsync(folder.File("log"));

        var log = await File.ReadAllTextAsync(folder.File("log"), TestContext.Current.CancellationToken);
        Assert.Matches(@" latency, src-element-id=.* src-element=\(string\)stssrc0, .* sink-element=\(string\)fakesink0,", log);
    }

    private static string[] Line(EchoSts sts, string clip, int seconds, int timeout) =>
    [
        .. $"filesrc location={clip} ! flvdemux ! aacparse ! clocksync ! s.audio_0".Split(' '),
        .. $"splitmuxsink name=s max-size-time={seconds}000000000 muxer=mp4mux".Split(' '), "sink=stssink session=line",
        .. $"stssrc session=line url={$"{sts.Url}".TrimEnd('/')} fragment-duration={seconds}000 timeout={timeout} ! audioconvert ! wavenc ! fakesink".Split(' '),
    ];

    [GeneratedRegex(@" sts-fragment,.*outcome=\(string\)dubbed,.*duration=\(guint64\)(\d+)")]
    private static partial Regex Dubbed();
}
