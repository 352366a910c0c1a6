namespace Dubbing.Service.Streams;

/// <summary>Counts the streams that run, up to the configured number. Thread-safe.</summary>
/// <param name="most">That number; asked each time, since it may change.</param>
internal sealed class StreamSlots(Func<int> most)
{
    private int _taken;

    public int Most => most();

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Most) return true;
        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void Free() => Interlocked.Decrement(ref _taken);
}
