namespace Dubbing.Service.Hosting;

/// <summary>Does something again and again while the service runs.</summary>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of what throws. The next time may go better, and no stream ends for it: left to itself, the exception of a
/// hosted service would stop them all.</param>
internal sealed class Periodic(TimeProvider time, ILogger logger)
{
    /// <summary>Completes when the service stops.</summary>
    /// <param name="period">From one time to the next.</param>
    /// <param name="atOnce">The first time is now; else after a period.</param>
    /// <param name="action">What is done.</param>
    /// <param name="stop">The service stops.</param>
    public async Task RunAsync(TimeSpan period, bool atOnce, Func<Task> action, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            if (atOnce) await GuardAsync(action, stop);
            while (await timer.WaitForNextTickAsync(stop)) await GuardAsync(action, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    /// <inheritdoc cref="RunAsync(TimeSpan, bool, Func{Task}, CancellationToken)"/>
    public Task RunAsync(TimeSpan period, bool atOnce, Action action, CancellationToken stop) => RunAsync(period, atOnce, () =>
    {
        action();
        return Task.CompletedTask;
    }, stop);

    private async Task GuardAsync(Func<Task> action, CancellationToken stop)
    {
        try
        {
            await action();
        }
        catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            logger.LogCritical(e, "something that is done every now and then failed");
        }
    }
}
