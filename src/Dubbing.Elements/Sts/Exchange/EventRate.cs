namespace Dubbing.Elements.Sts.Exchange;

/// <summary>
/// How many events of one kind are told: a server may send them faster than bus, log and readers take them, and without end.
/// What is not told is counted. Not thread-safe: lives on the session's loop.
/// </summary>
internal sealed class EventRate(TimeProvider time)
{
    /// <summary>The most that are told within a second.</summary>
    public const int MostPerSecond = 50;

    private long _since = long.MinValue;
    private int _told;
    private long _untold;

    /// <summary>Something happened.</summary>
    /// <returns>How many were not told since the last that was; null: this one is not to be told either.</returns>
    public long? Take()
    {
        long now = time.GetTimestamp();
        if (_since == long.MinValue || time.GetElapsedTime(_since, now) >= TimeSpan.FromSeconds(1))
            (_since, _told) = (now, 0);
        if (_told >= MostPerSecond)
        {
            _untold++;
            return null;
        }

        _told++;
        long untold = _untold;
        _untold = 0;
        return untold;
    }
}
