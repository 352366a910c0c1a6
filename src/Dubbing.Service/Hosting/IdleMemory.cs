using Dubbing.Service.Streams;

namespace Dubbing.Service.Hosting;

/// <summary>Gives memory back to the system when no stream runs: what that takes stops every thread for a moment, which nobody notices then.</summary>
/// <param name="streams">All streams.</param>
/// <param name="giveBack">How (<see cref="GiveBack"/>).</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of what throws.</param>
internal sealed class IdleMemory(StreamRegistry streams, Action giveBack, TimeProvider time, ILogger<IdleMemory> logger) : BackgroundService
{
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);

    // A stream that is restarted, or follows another, need not wait for it.
    private const int Looks = 5;
    private int _idle;

    /// <summary>Collects all garbage; the heap's free pages go back to the system.</summary>
    public static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Once a second: whether a stream runs.</summary>
    internal void Look()
    {
        if (streams.All.Any(stream => stream.Status.State != StreamState.Idle)) _idle = 0;
        else if (_idle < Looks && ++_idle == Looks) giveBack();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new Periodic(time, logger).RunAsync(_look, atOnce: false, Look, stoppingToken);
}
