using Gst;

namespace Dubbing.Pipeline.Tests.Running;

public class MissingTracksTests
{
    private const string Sound = "audiotestsrc is-live=true ! decodebin name=tracks tracks. ! audioconvert name=branch ! fakesink sync=true";
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);

    // As rtspsrc does where both tracks come at once.
    [Fact]
    public async Task A_source_that_is_done_before_its_last_link_is_no_error()
    {
        Application.Init();
        var native = Parse.Launch(Sound);
        using (var source = native.GetByName("tracks")!) TrackSignal.NoMorePads(source);
        await using var pipeline = new RunningPipeline(native, SecretMask.For(new Dictionary<string, PlaceholderValue>()), TimeProvider.System, PipelineLimits.Default);
        pipeline.Start("t");
        using var bound = new CancellationTokenSource(_bound);
        await pipeline.Events.ReadAllAsync(bound.Token).OfType<PipelineStateChanged>().FirstAsync(e => e.State == PipelineState.Running, bound.Token);
        await Task.Delay(2 * MissingTracks.Grace, bound.Token);
        await pipeline.StopAsync(drain: true, _bound);
        Assert.DoesNotContain(await pipeline.Events.ReadAllAsync(bound.Token).ToListAsync(bound.Token), e => e is PipelineError or PipelineWarning);
        Assert.Equal(PipelineState.Stopped, pipeline.State);
    }

    // The garbage is what stands where the link's own text was freed.
    [Theory]
    [InlineData("fakesrc ! identity name=branch", "some pad of GstIdentity named branch", null)]
    [InlineData("fakesrc ! identity name=branch", "pad  sink of GstIdentity named branch", null)]
    [InlineData("fakesrc ! identity name=branch", "pad  \u0001\ufffd \n of GstIdentity named branch", null)]
    [InlineData("identity name=branch ! fakesink", "some pad of GstIdentity named branch", "the input has no track for 'branch' (GstIdentity)")]
    [InlineData("identity name=branch ! fakesink", "pad  sink of GstIdentity named branch", "the input has no track for 'branch' (GstIdentity)")]
    [InlineData("flvmux name=branch ! fakesink", "pad  video of GstFlvMux named branch", "the input has no track for 'branch' (GstFlvMux)")]
    [InlineData("fakesrc ! flvmux name=branch ! fakesink", "pad  audio of GstFlvMux named branch", "the input has no track for 'branch' (GstFlvMux)")]
    [InlineData("fakesrc ! identity", "", "the input has no track for a branch of the pipeline: Delayed linking failed")]
    public void A_branch_is_missing_while_it_has_no_link(string description, string target, string? fault)
    {
        Application.Init();
        using var pipeline = Parse.Launch(description + " fakesrc ! fakesink");
        using var warning = Message.NewApplication(new Structure("any"));
        var missing = new MissingTracks(pipeline, TimeProvider.System);
        Assert.False(missing.Take(warning, "Something else", null));
        Assert.Null(missing.Left);
        Assert.True(missing.Take(warning, "Delayed linking failed.", $"grammar.y(506): ():\nfailed delayed linking some pad of GstRTSPSrc named source to {target}"));
        Assert.InRange(missing.Left!.Value, TimeSpan.Zero, MissingTracks.Grace);
        Assert.Null(missing.Find());
        Assert.Equal(fault, missing.Find(atOnce: true)?.Message);
        Assert.Null(missing.Left);
    }
}
