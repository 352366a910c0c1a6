namespace Dubbing.Testing.Servers;

/// <summary>One publisher of a path, as the media server saw it.</summary>
/// <param name="Path">The path.</param>
/// <param name="BeganNs">When it began (<see cref="Measure.MonotonicClock.NowNs"/>).</param>
public sealed record Publication(string Path, long BeganNs)
{
    /// <summary>When it ended; null: it goes on.</summary>
    public long? EndedNs { get; internal set; }

    /// <summary>It ended by the protocol (deleteStream); else the connection broke.</summary>
    public bool IsClosed { get; internal set; }

    /// <summary>It was refused, since another one published the path at that moment.</summary>
    public bool IsRefused { get; internal set; }
}
