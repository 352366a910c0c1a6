namespace Dubbing.Elements.Sts.Exchange;

/// <summary>How long to wait before the next attempt to connect: 2, 4, 8, 16, 32 s, then 32 s again, each ±20 %.</summary>
/// <param name="random">A number from 0 to 1, spreading the sessions of a server that comes back.</param>
internal sealed class ReconnectDelays(Func<double> random)
{
    private const double FirstSeconds = 2;
    private const int Doublings = 4;
    private const double Jitter = 0.2;

    private int _attempt;

    public TimeSpan Next()
    {
        double seconds = FirstSeconds * (1 << Math.Min(_attempt, Doublings));
        _attempt++;
        return TimeSpan.FromSeconds(seconds * (1 - Jitter + 2 * Jitter * random()));
    }

    /// <summary>The exchange was ready: the next loss begins anew.</summary>
    public void Reset() => _attempt = 0;
}
