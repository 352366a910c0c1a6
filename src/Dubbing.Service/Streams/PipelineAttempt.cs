using Dubbing.Pipeline;
using Dubbing.Service.Workers;

namespace Dubbing.Service.Streams;

/// <summary>One pipeline of a run, from launch until nothing of it is left.</summary>
/// <param name="host">Where it lives.</param>
/// <param name="file">Its file.</param>
/// <param name="values">Its placeholders' values.</param>
/// <param name="time">The clock.</param>
/// <param name="prepare">Done before the launch, off the caller's thread.</param>
/// <param name="onEvent">Gets its events, in order.</param>
internal sealed class PipelineAttempt(
    IPipelineHost host, LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values, TimeProvider time,
    Action prepare, Action<PipelineEvent> onEvent)
{
    private readonly TaskCompletionSource<(bool Drain, TimeSpan Timeout)> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IRunningPipeline? _pipeline;

    /// <summary>The pipeline while there is one; any thread.</summary>
    public IRunningPipeline? Pipeline => _pipeline;

    /// <summary>Asks it to end, also while it is still being launched. Only the first call counts.</summary>
    public void Stop(bool drain, TimeSpan timeout) => _stop.TrySetResult((drain, timeout));

    /// <summary>Launches it and completes when it is gone. Does not throw.</summary>
    public async Task<AttemptEnd> RunAsync()
    {
        // The disk, parsing and the first state changes may take a while: not on the caller's thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            prepare();
            return await RunLaunchedAsync(await host.LaunchAsync(file, values));
        }
        catch (Exception e)
        {
            return new AttemptEnd(false, "launch", new StreamError(time.GetUtcNow(), "launch", e.Message));
        }
    }

    private async Task<AttemptEnd> RunLaunchedAsync(IRunningPipeline pipeline)
    {
        await using var owned = pipeline;
        _pipeline = pipeline;
        try
        {
            var stopping = StopWhenAskedAsync(pipeline);
            var end = new AttemptEnd(false, "pipeline", null);
            await foreach (var e in pipeline.Events.ReadAllAsync())
            {
                end = e switch
                {
                    PipelineError error when end.Error is null => new AttemptEnd(false, CauseOf(error), new StreamError(error.At, error.Factory, error.Message)),
                    PipelineEndOfStream when end.Error is null => new AttemptEnd(true, "eos", null),
                    _ => end,
                };
                onEvent(e);
            }

            Stop(false, TimeSpan.Zero);
            await stopping;
            return end.Error is null ? end : end with { Graph = await pipeline.GraphAsync() };
        }
        finally
        {
            _pipeline = null;
        }
    }

    private async Task StopWhenAskedAsync(IRunningPipeline pipeline)
    {
        var (drain, timeout) = await _stop.Task;
        await pipeline.StopAsync(drain, timeout);
    }

    private static string CauseOf(PipelineError error) => error switch
    {
        { Element: PipelineElements.Source } => "input",
        // livetimestamper, where a source is silent from the beginning on.
        { Message: var message } when message.StartsWith("the input has stalled", StringComparison.Ordinal) => "input",
        { Element: PipelineElements.Output } => "output",
        { Factory: WorkerPipeline.Factory } => "worker",
        _ => "pipeline",
    };
}
