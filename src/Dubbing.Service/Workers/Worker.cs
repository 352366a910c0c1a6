using Dubbing.Pipeline;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Workers;

/// <summary>The inside of a worker process: does what the service asks, and says what happens. Used once.</summary>
/// <param name="channel">The connection to the service.</param>
/// <param name="launcher">Launches pipelines in this process.</param>
internal sealed class Worker(WorkerChannel channel, IPipelineLauncher launcher)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);
    private readonly Lock _beating = new();
    private volatile IRunningPipeline? _pipeline;

    /// <summary>Serves until the service lets it go (true), or is gone (false).</summary>
    public async Task<bool> RunAsync()
    {
        // A thread of its own: beats must not wait for the pool, which a busy stream may use.
        new Thread(Beat) { IsBackground = true, Name = "beat" }.Start();
        while (await channel.ReceiveAsync() is { } message)
        {
            switch (message)
            {
                case WorkerMessage.Launch launch:
                    Launch(launch);
                    break;
                case WorkerMessage.Stop stop:
                    _ = _pipeline?.StopAsync(stop.Drain, stop.Timeout);
                    break;
                case WorkerMessage.AskGraph:
                    // Not here: a pipeline that hangs must not keep the service from being heard.
                    _ = Task.Run(async () => Say(new WorkerMessage.Graph(_pipeline is { } shown ? await shown.GraphAsync() : "")));
                    break;
                case WorkerMessage.Leave:
                    if (_pipeline is { } pipeline) await pipeline.DisposeAsync();
                    return true;
            }
        }

        return false;
    }

    private void Launch(WorkerMessage.Launch launch)
    {
        try
        {
            var pipeline = launcher.Launch(LaunchFile.Parse(launch.File, launch.Text), launch.Values);
            lock (_beating) _pipeline = pipeline;
            Say(new WorkerMessage.Launched());
            _ = TellAsync(pipeline);
        }
        catch (Exception e)
        {
            Say(new WorkerMessage.Refused(e.Message));
        }
    }

    private async Task TellAsync(IRunningPipeline pipeline)
    {
        try
        {
            await foreach (var e in pipeline.Events.ReadAllAsync()) Say(new WorkerMessage.Happened(e));
            await pipeline.DisposeAsync();
            // From here on no beat has its figures.
            lock (_beating) _pipeline = null;
            Say(new WorkerMessage.Ended(await pipeline.GraphAsync(), pipeline.IsAbandoned));
        }
        catch (Exception e)
        {
            // The service would wait for what is not told: it is to see this process end instead.
            // Not the message: it might quote what must not reach a log.
            Console.Error.WriteLine($"dubbing worker: {e.GetType()}{Environment.NewLine}{e.StackTrace}");
            LinuxProcess.Exit(WorkerProgram.Failed);
        }
    }

    private void Beat()
    {
        while (true)
        {
            // Reading takes the elements' locks: a pipeline that hangs in one keeps the beat from going out.
            lock (_beating) Say(new WorkerMessage.Beat(StatsOf(_pipeline)));
            Thread.Sleep(_interval);
        }
    }

    private static Dictionary<string, IReadOnlyDictionary<string, object>> StatsOf(IRunningPipeline? pipeline) =>
        pipeline is null ? [] : PipelineElements.Counting.ToDictionary(name => name, pipeline.Stats);

    private void Say(WorkerMessage message)
    {
        try
        {
            channel.Send(message);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The service is gone: RunAsync sees it, too, and ends this process.
        }
    }
}
