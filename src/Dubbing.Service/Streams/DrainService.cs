namespace Dubbing.Service.Streams;

/// <summary>Plays every stream out when the service stops, while the web server still answers.</summary>
internal sealed class DrainService(StreamRegistry streams, ILogger<DrainService> logger) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        logger.LogInformation("draining");
        try
        {
            await streams.DrainAsync().WaitAsync(cancellationToken);
            logger.LogInformation("drained");
        }
        catch (OperationCanceledException)
        {
            // Each pipeline has its own limits; beyond those there is nothing to wait for.
            logger.LogError("streams that did not end in time are abandoned");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
