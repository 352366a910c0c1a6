namespace Dubbing.Pipeline.Tests.Running;

/// <summary>Alone, for one of them counts the process's threads and files.</summary>
[Collection(nameof(RunningPipelineTests))]
[CollectionDefinition(nameof(RunningPipelineTests), DisableParallelization = true)]
public class RunningPipelineTests
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);
    private static readonly Dictionary<string, PlaceholderValue> _values = new() { ["key"] = new("s3cr3t-key-value", Secret: true) };

    [Fact]
    public async Task A_pipeline_that_ends_by_itself_reports_a_clean_end()
    {
        var (events, pipeline) = await RunAsync("audiotestsrc num-buffers=5 ! fakesink");
        Assert.Equal(
            ["Starting", "Running", nameof(PipelineEndOfStream), "Stopping", "Stopped"],
            events.Where(e => e is PipelineStateChanged or PipelineEndOfStream or PipelineError).Select(Name));
        Assert.Equal(PipelineState.Stopped, pipeline.State);
    }

    [Fact]
    public async Task A_live_pipeline_reports_its_latency()
    {
        await using var pipeline = Launch("audiotestsrc is-live=true ! identity ! queue min-threshold-time=200000000 ! fakesink sync=true");
        var latency = await NextAsync<PipelineLatencyChanged>(pipeline);
        Assert.InRange(latency.Latency, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400));
        Assert.Equal(latency.Latency, pipeline.Latency);
    }

    [Fact]
    public async Task A_drain_plays_out_and_ends_cleanly()
    {
        await using var pipeline = Launch("audiotestsrc is-live=true ! fakesink sync=true name=out");
        await UntilRunningAsync(pipeline);
        await pipeline.StopAsync(drain: true, _bound);
        var rest = await RestAsync(pipeline);
        Assert.Single(rest.OfType<PipelineEndOfStream>());
        Assert.Equal(PipelineState.Stopped, pipeline.State);
    }

    [Fact]
    public async Task A_stop_without_drain_is_no_end_of_stream()
    {
        await using var pipeline = Launch("audiotestsrc is-live=true ! fakesink sync=true");
        await UntilRunningAsync(pipeline);
        await pipeline.StopAsync(drain: false, TimeSpan.Zero);
        await pipeline.StopAsync(drain: true, _bound);
        Assert.DoesNotContain(await RestAsync(pipeline), e => e is PipelineEndOfStream or PipelineError);
        Assert.Equal(PipelineState.Stopped, pipeline.State);
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_is_cut_and_reported()
    {
        await using var pipeline = Launch("audiotestsrc is-live=true ! fakesink sync=true ts-offset=600000000000");
        await UntilRunningAsync(pipeline, PipelineState.Running);
        await pipeline.StopAsync(drain: true, TimeSpan.FromMilliseconds(300));
        var error = Assert.Single((await RestAsync(pipeline)).OfType<PipelineError>());
        Assert.Equal("what was inside was not played out within 0.3 s", error.Message);
        Assert.Equal(PipelineState.Failed, pipeline.State);
    }

    [Fact]
    public async Task A_failing_sink_is_an_error_and_no_clean_end()
    {
        var (events, pipeline) = await RunAsync("audiotestsrc num-buffers=20 ! filesink name=out location=/nowhere/s3cr3t-key-value");
        var error = events.OfType<PipelineError>().First();
        Assert.Equal(("out", "filesink", "Could not open file \"/nowhere/***\" for writing."), (error.Element, error.Factory, error.Message));
        Assert.DoesNotContain(events, e => e is PipelineEndOfStream);
        Assert.Equal(PipelineState.Failed, pipeline.State);
        Assert.Contains("GstFileSink", await pipeline.GraphAsync());
        Assert.DoesNotContain("s3cr3t", await pipeline.GraphAsync() + error.Debug);
    }

    [Fact]
    public async Task An_error_while_running_ends_the_pipeline()
    {
        var (events, _) = await RunAsync("audiotestsrc is-live=true ! identity name=bad error-after=3 ! fakesink sync=true");
        Assert.Equal("bad", events.OfType<PipelineError>().First().Element);
        Assert.DoesNotContain(events, e => e is PipelineEndOfStream);
        Assert.Equal("Failed", Name(events[^1]));
    }

    [Fact]
    public async Task A_queue_shorter_than_the_latency_is_an_error()
    {
        var (events, _) = await RunAsync("appsrc is-live=true max-latency=100000000 ! queue max-size-time=100000000 min-threshold-time=500000000 "
            + "! flvmux latency=1000000000 streamable=true ! fakesink sync=true async=false");
        Assert.StartsWith("Impossible to configure latency", events.OfType<PipelineError>().First().Message);
    }

    [Fact]
    public async Task A_branch_that_the_input_has_no_track_for_is_an_error()
    {
        var (events, _) = await RunAsync("audiotestsrc is-live=true ! decodebin name=tracks tracks. ! audio/x-raw ! fakesink tracks. ! videoscale name=pictures ! fakesink");
        Assert.Equal("the input has no track for 'pictures' (GstVideoScale)", events.OfType<PipelineError>().First().Message);
    }

    [Fact]
    public async Task Element_messages_carry_their_fields()
    {
        await using var pipeline = Launch("audiotestsrc is-live=true ! level name=meter interval=100000000 ! fakesink sync=true");
        var message = await NextAsync<PipelineElementMessage>(pipeline);
        Assert.Equal(("meter", "level"), (message.Element, message.Name));
        Assert.IsType<ulong>(message.Fields["running-time"]);
    }

    [Fact]
    public async Task Statistics_of_an_element_are_plain_values()
    {
        await using var pipeline = Launch("audiotestsrc is-live=true ! fakesink name=out sync=true");
        await UntilRunningAsync(pipeline);
        Assert.IsType<ulong>(pipeline.Stats("out")["rendered"]);
        Assert.Empty(pipeline.Stats("nobody"));
        await pipeline.StopAsync(false, TimeSpan.Zero);
        Assert.Empty(pipeline.Stats("out"));
    }

    [Fact]
    public async Task The_graph_of_a_running_pipeline_masks_secrets()
    {
        await using var pipeline = Launch("audiotestsrc is-live=true ! fakesink sync=true name=${key}");
        await UntilRunningAsync(pipeline);
        Assert.Contains("digraph", await pipeline.GraphAsync());
        Assert.DoesNotContain("s3cr3t", await pipeline.GraphAsync());
    }

    [Fact]
    public async Task A_graph_that_cuts_an_address_before_its_host_shows_no_password()
    {
        var address = $"http://user:{string.Concat(Enumerable.Repeat("s3cr3t", 20))}@host/x";
        var file = LaunchFile.Parse("t.launch", "fakesrc is-live=true ! filesink location=${address}");
        await using var pipeline = new PipelineLauncher().Launch(file, new Dictionary<string, PlaceholderValue> { ["address"] = address });
        await RestAsync(pipeline);
        Assert.Contains("location=\\\"http://***", await pipeline.GraphAsync());
        Assert.DoesNotContain("s3cr3t", await pipeline.GraphAsync());
    }

    [Theory]
    [InlineData("s3cr3t-key-that-is-long ")]
    [InlineData("s3cr3t\\\"!ä")]
    public async Task A_graph_cuts_long_values_and_still_shows_nothing_of_a_secret(string part)
    {
        var secret = string.Concat(Enumerable.Repeat(part, 12));
        var file = LaunchFile.Parse("t.launch", "fakesrc is-live=true ! identity name=x ! filesink location=/nowhere/${key}");
        await using var pipeline = new PipelineLauncher().Launch(file, new Dictionary<string, PlaceholderValue> { ["key"] = new(secret, Secret: true) });
        await RestAsync(pipeline);
        Assert.Contains("GstFileSink", await pipeline.GraphAsync());
        Assert.DoesNotContain("s3cr3t", await pipeline.GraphAsync());
        Assert.DoesNotContain("key-that", await pipeline.GraphAsync());
        Assert.Contains("location=***\"", await pipeline.GraphAsync());
    }

    [Fact]
    public async Task A_pipeline_that_does_not_start_in_time_is_an_error()
    {
        var launcher = new PipelineLauncher(limits: new PipelineLimits(TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(10)));
        var file = LaunchFile.Parse("t.launch", "appsrc ! fakesink");
        await using var pipeline = launcher.Launch(file, _values);
        var events = await RestAsync(pipeline);
        Assert.Equal("it did not reach PLAYING within 0.3 s", events.OfType<PipelineError>().First().Message);
    }

    [Theory]
    [InlineData("audiotestsrc !\nnosuchelement ! fakesink", "t.launch:2: no element \"nosuchelement\"; check the spelling with gst-inspect-1.0")]
    [InlineData("audiotestsrc\n! queue colour=1\n! fakesink", "t.launch:2: no property \"colour\" in element \"queue")]
    [InlineData("audiotestsrc ! fakesink !", "t.launch: ")]
    [InlineData("audiotestsrc ! h264parse ! fakesink", "t.launch: could not link audiotestsrc")]
    public void A_typo_names_file_line_and_element(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<LaunchException>(() => Launch(text)).Message);

    [Fact]
    public void A_check_names_every_missing_element_and_what_has_it() => Assert.Equal(
        ["t.launch:1: there is no element 'nosuchelement'; check the spelling with gst-inspect-1.0",
            "t.launch:2: there is no element 'avdec_nosuch'; install the Debian package gstreamer1.0-libav"],
        LaunchCheck.Faults(LaunchFile.Parse("t.launch", "nosuchelement ! queue\n! avdec_nosuch ! nosuchelement"), _values));

    [Fact]
    public void A_check_names_what_an_element_misses_inside() => Assert.Equal(
        ["t.launch:2: there is no element 'avdec_nosuch', which 'queue' works with; install the Debian package gstreamer1.0-libav"],
        LaunchCheck.Faults(LaunchFile.Parse("t.launch", "fakesrc !\nqueue ! fakesink"), _values, name => name == "queue" ? ["identity", "avdec_nosuch"] : []));

    [Fact]
    public void A_check_finds_a_wrong_property() => Assert.StartsWith("t.launch:2: no property \"sizze\"",
        Assert.Single(LaunchCheck.Faults(LaunchFile.Parse("t.launch", "fakesrc !\nqueue sizze=1 ! fakesink"), _values)));

    [Fact]
    public async Task Threads_and_files_return_after_many_runs()
    {
        await CycleAsync(5);
        var before = Count();
        await CycleAsync(15);
        var after = Count();
        Assert.True(after.Files <= before.Files + 2, $"{before.Files} files before, {after.Files} after");
        Assert.True(after.Threads <= before.Threads + 4, $"{before.Threads} threads before, {after.Threads} after");
    }

    private static (int Files, int Threads) Count() =>
        (Directory.GetFiles("/proc/self/fd").Length, Directory.GetDirectories("/proc/self/task").Length);

    private static async Task CycleAsync(int times)
    {
        for (var i = 0; i < times; i++) await RunAsync("audiotestsrc num-buffers=3 ! queue ! fakesink");
    }

    private static async Task<(List<PipelineEvent> Events, IRunningPipeline Pipeline)> RunAsync(string text)
    {
        await using var pipeline = Launch(text);
        return (await RestAsync(pipeline), pipeline);
    }

    private static IRunningPipeline Launch(string text) => new PipelineLauncher().Launch(LaunchFile.Parse("t.launch", text), _values);

    private static async Task<List<PipelineEvent>> RestAsync(IRunningPipeline pipeline)
    {
        using var bound = new CancellationTokenSource(_bound);
        return await pipeline.Events.ReadAllAsync(bound.Token).ToListAsync(bound.Token);
    }

    private static async Task<T> NextAsync<T>(IRunningPipeline pipeline)
        where T : PipelineEvent
    {
        using var bound = new CancellationTokenSource(_bound);
        return await pipeline.Events.ReadAllAsync(bound.Token).OfType<T>().FirstAsync(bound.Token);
    }

    private static async Task UntilRunningAsync(IRunningPipeline pipeline, PipelineState state = PipelineState.Running)
    {
        using var bound = new CancellationTokenSource(_bound);
        await pipeline.Events.ReadAllAsync(bound.Token).OfType<PipelineStateChanged>().FirstAsync(e => e.State >= state, bound.Token);
    }

    private static string Name(PipelineEvent e) => e is PipelineStateChanged changed ? changed.State.ToString() : e.GetType().Name;
}
