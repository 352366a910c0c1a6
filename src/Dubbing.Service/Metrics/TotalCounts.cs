using System.Collections.Concurrent;

namespace Dubbing.Service.Metrics;

/// <summary>Turns totals that others count, and that may begin again at zero, into increments. Thread-safe.</summary>
internal sealed class TotalCounts
{
    private const string SessionPrefix = "sts ";
    private readonly ConcurrentDictionary<(string Stream, string Name), long> _last = new();

    /// <summary>By how much a total has grown since it was last seen. One that shrank has begun again.</summary>
    public long Grown(string stream, string name, long total)
    {
        long grown = 0;
        _last.AddOrUpdate((stream, name), _ => grown = total, (_, last) =>
        {
            grown = total >= last ? total - last : total;
            return total;
        });
        return Math.Max(0, grown);
    }

    /// <summary>Everything of a stream begins again.</summary>
    public void Forget(string stream) => Forget(key => key.Stream == stream);

    /// <summary>What a pipeline's elements count begins again; what the STS session counts outlives a pipeline.</summary>
    public void ForgetElements(string stream) =>
        Forget(key => key.Stream == stream && !key.Name.StartsWith(SessionPrefix, StringComparison.Ordinal));

    /// <summary>What the STS session counts begins again.</summary>
    public void ForgetExchange(string stream) =>
        Forget(key => key.Stream == stream && key.Name.StartsWith(SessionPrefix, StringComparison.Ordinal));

    private void Forget(Func<(string Stream, string Name), bool> which)
    {
        foreach (var key in _last.Keys.Where(which)) _last.TryRemove(key, out _);
    }
}
