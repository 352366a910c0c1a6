using System.Diagnostics;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>Measures for how long nothing of this process ran, by being woken often.</summary>
internal sealed class StallWitness : IAsyncDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;
    private long _longestTicks;

    public StallWitness() => _watching = Task.Run(WatchAsync);

    /// <summary>The longest time so far that a wake-up came too late.</summary>
    public TimeSpan Longest => TimeSpan.FromTicks(Interlocked.Read(ref _longestTicks));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(s_period);
        var last = Stopwatch.GetTimestamp();
        while (!_end.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var late = Stopwatch.GetElapsedTime(last) - s_period;
            last = Stopwatch.GetTimestamp();
            if (late > Longest)
                Interlocked.Exchange(ref _longestTicks, late.Ticks);
        }
    }
}
