namespace Dubbing.Service.Streams;

/// <summary>Counts the streams that run, up to the configured number. Thread-safe.</summary>
internal sealed class StreamSlots(int most)
{
    private int _taken;

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= most) return true;
        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void Free() => Interlocked.Decrement(ref _taken);
}
