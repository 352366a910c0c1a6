using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Scenarios;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>RTMPS to a server whose certificate the operator's own pipeline file accepts. That it is refused otherwise is seen in
/// <see cref="EgressTests"/>.</summary>
public sealed class EgressOverTlsTests(ITestOutputHelper output)
{
    private const string Id = "tls";
    private const string Shipped = "rtmp2sink name=out ";
    private const string Own = "rtmp2sink name=out tls-validation-flags=bad-identity+not-activated+expired+revoked+insecure+generic-error ";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_output_is_passed_on_over_tls()
    {
        using var pipelines = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Repository.PathTo("pipelines")))
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(pipelines.File(Path.GetFileName(file)),
                Path.GetFileName(file) == "egress.launch" ? text.Replace(Shipped, Own, StringComparison.Ordinal) : text, TestContext.Current.CancellationToken);
        }

        var port = FreePorts.Next();
        await using var goal = await NginxRtmp.Start(["goal"], new NginxRtmpOptions { Port = port, KeepIdleReaders = true });
        await using var front = TlsFront.Start(port);
        await using var stage = await Stage.Start(FlowJudge.Options(Id) with
        {
            Pipeline = "passthrough.launch",
            Service = new Dictionary<string, string?>
            {
                ["DUBBING__LIFECYCLE__GRACESECONDS"] = "1",
                ["DUBBING__PIPELINES__FOLDER"] = pipelines.Path,
                [$"DUBBING__STREAMS__{Id}__EGRESS"] = $"rtmps://127.0.0.1:{front.Port}/live/goal/key",
            },
        });
        await using var target = LiveRecorder.Start($"{goal.RtmpBase}/live/goal/key", new LiveRecorderOptions { WaitForStream = s_limit });
        await using var take = Take.Start(stage, Id, FixtureFiles.A);
        var picture = await target.FirstVideo.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        await target.UntilAsync(tag => tag.IsAac && tag.Timestamp > picture.Timestamp + 1000, s_limit);
        await take.Publisher.Stop();
        var result = await take.Finish(s_limit);
        var check = PassedOnCheck.Run(result.Output, await target.StopAsync(), result.RelayedAsIs);
        output.WriteLine($"{check} {string.Join(", ", check.Figures)} {result.Status["egress"]}");
        Assert.True(check.Ok, $"{check}");
        Assert.Equal(0, (int)result.Status["egress"]![0]!["restarts"]!);
    }
}
