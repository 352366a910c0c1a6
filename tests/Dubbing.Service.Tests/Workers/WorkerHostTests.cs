using System.Globalization;
using Dubbing.Pipeline;
using Dubbing.Service.Configuration;
using Dubbing.Service.Workers;
using Dubbing.Testing;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Dubbing.Service.Tests.Workers;

/// <summary>Pipelines in real worker processes.</summary>
public sealed class WorkerHostTests
{
    private const string Playing = "audiotestsrc is-live=true ! fakesink sync=true";
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(30);
    private static readonly WorkerSpawner _spawner = new([DubbingService.Executable]);

    [Fact]
    public async Task A_pipeline_plays_counts_and_ends_in_a_process_of_its_own()
    {
        await using var host = Host();
        Assert.Null(host.ProcessId);
        var pipeline = await LaunchAsync(host, "audiotestsrc is-live=true ! fakesink name=out sync=true", ("unused", new("s3cr3t", Secret: true)));
        var id = host.ProcessId!.Value;
        Assert.NotEqual(Environment.ProcessId, id);
        await UntilAsync(pipeline, PipelineState.Running);
        await Poll.Until(() => pipeline.Stats("out").ContainsKey("rendered"), _bound, () => "no statistics came");
        Assert.IsType<ulong>(pipeline.Stats("out")["rendered"]);
        Assert.Empty(pipeline.Stats("nobody"));
        await Poll.Until(async () => (await pipeline.GraphAsync()).Contains("GstAudioTestSrc", StringComparison.Ordinal), _bound, () => "no graph came");
        await pipeline.StopAsync(drain: true, _bound).WaitAsync(_bound, TestContext.Current.CancellationToken);
        var rest = await RestAsync(pipeline);
        Assert.Contains(rest, e => e is PipelineEndOfStream);
        Assert.Equal(PipelineState.Stopped, Assert.IsType<PipelineStateChanged>(rest[^1]).State);

        // The next one lives in the same process, which goes when nothing is left to do.
        await UntilAsync(await LaunchAsync(host, Playing), PipelineState.Running);
        Assert.Equal(id, host.ProcessId);
        await host.DisposeAsync();
        Assert.False(Directory.Exists($"/proc/{id}"));
    }

    /// <summary>Again in the same process, too: no thread of the first pipeline's, which can't take its niceness back, feeds the second one's sink.</summary>
    [Fact]
    public async Task The_service_goes_first_then_what_feeds_a_sink_then_what_works_ahead()
    {
        await using var host = Host();
        for (var i = 0; i < 2; i++)
        {
            var pipeline = await LaunchAsync(host, "audiotestsrc name=ahead is-live=true ! queue name=last ! fakesink sync=true");
            await UntilAsync(pipeline, PipelineState.Running);
            var own = Niceness("/proc/self");
            Assert.Equal(Math.Min(19, own + 10), await NicenessOf(host, "last:src"));
            Assert.Equal(Math.Min(19, own + 19), await NicenessOf(host, "ahead:src"));
            await pipeline.StopAsync(drain: false, _bound);
        }
    }

    [Fact]
    public async Task What_cannot_be_launched_is_refused_in_the_same_words_as_in_process()
    {
        await using var host = Host();
        var file = LaunchFile.Parse("t.launch", "audiotestsrc !\n nosuchelement");
        var expected = Assert.Throws<LaunchException>(() => new PipelineLauncher().Launch(file, new Dictionary<string, PlaceholderValue>()));
        var refused = await Assert.ThrowsAsync<LaunchException>(() => host.LaunchAsync(file, new Dictionary<string, PlaceholderValue>()));
        Assert.Equal(expected.Message, refused.Message);
        await UntilAsync(await LaunchAsync(host, Playing), PipelineState.Running);
    }

    [Fact]
    public async Task A_crash_is_an_error_of_that_pipeline_and_the_next_one_gets_another_process()
    {
        await using var host = Host();
        var pipeline = await LaunchAsync(host, Playing);
        await UntilAsync(pipeline, PipelineState.Running);
        var id = host.ProcessId!.Value;
        await ProcessTree.Crash(id);
        await AssertLostAsync(pipeline, "the stream's worker process was killed by signal 11 (SIGSEGV)", "the stream's worker process was killed by signal 6 (SIGABRT)");
        await pipeline.StopAsync(drain: true, _bound);
        await UntilAsync(await LaunchAsync(host, Playing), PipelineState.Running);
        Assert.NotEqual(id, host.ProcessId);
    }

    [Fact]
    public async Task A_process_that_gives_no_sign_of_life_is_replaced()
    {
        await using var host = Host(new WorkerOptions(true, 0));
        var pipeline = await LaunchAsync(host, Playing);
        await UntilAsync(pipeline, PipelineState.Running);
        ProcessTree.Signal(host.ProcessId!.Value, UnixSignal.Stop);
        await AssertLostAsync(pipeline, "the stream's worker process was killed: it gave no sign of life for 10 s");
        await UntilAsync(await LaunchAsync(host, Playing), PipelineState.Running);
    }

    [Fact]
    public async Task No_thread_waits_for_the_graph_of_a_process_that_hangs()
    {
        await using var host = Host();
        var pipeline = await LaunchAsync(host, Playing);
        await UntilAsync(pipeline, PipelineState.Running);
        ProcessTree.Signal(host.ProcessId!.Value, UnixSignal.Stop);
        var graphs = Enumerable.Range(0, 3).Select(_ => pipeline.GraphAsync()).ToList();
        Assert.All(graphs, graph => Assert.False(graph.IsCompleted));
        Assert.All(await Task.WhenAll(graphs).WaitAsync(_bound, TestContext.Current.CancellationToken), Assert.Empty);
    }

    [Fact]
    public async Task A_process_that_takes_long_to_start_is_given_the_time_that_a_launch_has()
    {
        // It connects, and no more.
        var spawner = new WorkerSpawner(["perl", "-MSocket", "-e", "socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un(\"\\0$ARGV[1]\")); sleep 60"]);
        var time = new FakeTimeProvider();
        await using var worker = await WorkerProcess.StartAsync(spawner, new WorkerOptions(true, 0) { Silence = TimeSpan.FromSeconds(3) }, time, NullLogger.Instance);
        for (var i = 0; i < 10; i++) time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(worker.HasEnded);
        var launch = worker.LaunchAsync(LaunchFile.Parse("t.launch", Playing), new Dictionary<string, PlaceholderValue>());
        time.Advance(TimeSpan.FromSeconds(20));
        var refused = await Assert.ThrowsAsync<LaunchException>(() => launch.WaitAsync(_bound, TestContext.Current.CancellationToken));
        Assert.Equal("the stream's worker process was killed: it did not launch the pipeline within 20 s", refused.Message);
    }

    [Fact]
    public async Task A_process_that_takes_too_much_memory_is_replaced()
    {
        await using var host = Host(new WorkerOptions(true, 300_000_000));
        var pipeline = await LaunchAsync(host, "videotestsrc is-live=true ! video/x-raw,format=BGRA,width=1920,height=1080 ! queue max-size-time=0 max-size-bytes=0 max-size-buffers=0 ! fakesink sync=true ts-offset=3600000000000");
        var lost = Assert.Single((await RestAsync(pipeline)).OfType<PipelineError>());
        Assert.Matches(@"\Athe stream's worker process was killed: it took \d{3,4} MB of memory, more than Workers:MaxMegabytes allows\z", lost.Message);
    }

    [Fact]
    public async Task A_process_in_which_a_pipeline_hangs_is_not_used_again()
    {
        using var folder = new TemporaryFolder();
        await using var host = Host();
        var pipeline = await LaunchAsync(host, $"filesrc location={folder.NewPipe("pipe")} ! fakesink");
        var id = host.ProcessId!.Value;
        await pipeline.StopAsync(drain: false, TimeSpan.Zero).WaitAsync(_bound, TestContext.Current.CancellationToken);
        Assert.Contains("was abandoned", Assert.Single((await RestAsync(pipeline)).OfType<PipelineError>()).Message, StringComparison.Ordinal);
        await UntilAsync(await LaunchAsync(host, Playing), PipelineState.Running);
        Assert.NotEqual(id, host.ProcessId);
    }

    [Fact]
    public async Task Signals_that_reach_every_process_leave_the_end_to_the_service()
    {
        await using var host = Host();
        var pipeline = await LaunchAsync(host, Playing);
        await UntilAsync(pipeline, PipelineState.Running);
        foreach (var signal in new[] { UnixSignal.HangUp, UnixSignal.Interrupt, UnixSignal.Terminate }) ProcessTree.Signal(host.ProcessId!.Value, signal);
        await pipeline.StopAsync(drain: true, _bound).WaitAsync(_bound, TestContext.Current.CancellationToken);
        Assert.Contains(await RestAsync(pipeline), e => e is PipelineEndOfStream);
    }

    [Fact]
    public async Task One_that_does_not_start_says_why()
    {
        await using var missing = new WorkerHost(() => WorkerProcess.StartAsync(
            new WorkerSpawner(["/nonexistent/dubbing"]), new WorkerOptions(true, 0), TimeProvider.System, NullLogger.Instance));
        Assert.StartsWith("no worker process could be started: ", (await Assert.ThrowsAsync<LaunchException>(() => LaunchAsync(missing, Playing))).Message, StringComparison.Ordinal);
        await using var other = new WorkerHost(() => WorkerProcess.StartAsync(
            new WorkerSpawner(["/bin/false"]), new WorkerOptions(true, 0), TimeProvider.System, NullLogger.Instance));
        Assert.Equal("the stream's worker process ended with code 1", (await Assert.ThrowsAsync<LaunchException>(() => LaunchAsync(other, Playing))).Message);
    }

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/comm").TrimEnd();
        }
        catch (IOException)
        {
            // It has ended since it was listed.
            return "";
        }
    }

    // Running is told before each thread has its name, which it gets behind its niceness.
    private static async Task<int> NicenessOf(WorkerHost host, string thread)
    {
        var found = await Poll.Look(() => Directory.GetDirectories($"/proc/{host.ProcessId}/task").Where(task => NameOf(task) == thread).ToList(),
            threads => threads.Count > 0, _bound);
        return Niceness(Assert.Single(found));
    }

    // proc(5), stat: the 19th field; the second, in parentheses, may hold anything.
    private static int Niceness(string task)
    {
        var stat = File.ReadAllText($"{task}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
    }

    private static WorkerHost Host(WorkerOptions? options = null) =>
        new(() => WorkerProcess.StartAsync(_spawner, options ?? new WorkerOptions(true, 0), TimeProvider.System, NullLogger.Instance));

    private static Task<IRunningPipeline> LaunchAsync(WorkerHost host, string text, params (string Name, PlaceholderValue Value)[] values) =>
        host.LaunchAsync(LaunchFile.Parse("t.launch", text), values.ToDictionary(value => value.Name, value => value.Value));

    private static async Task AssertLostAsync(IRunningPipeline pipeline, params string[] messages)
    {
        var rest = await RestAsync(pipeline);
        var error = Assert.Single(rest.OfType<PipelineError>());
        Assert.Contains(error.Message, messages);
        Assert.Equal("worker", error.Factory);
        Assert.Equal(PipelineState.Failed, Assert.IsType<PipelineStateChanged>(rest[^1]).State);
        Assert.Equal(PipelineState.Failed, pipeline.State);
    }

    private static async Task<List<PipelineEvent>> RestAsync(IRunningPipeline pipeline) =>
        await pipeline.Events.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(_bound, TestContext.Current.CancellationToken);

    private static async Task UntilAsync(IRunningPipeline pipeline, PipelineState state)
    {
        using var bound = new CancellationTokenSource(_bound);
        while (await pipeline.Events.ReadAsync(bound.Token) is not PipelineStateChanged { State: var now } || now != state)
        {
        }
    }
}
