namespace Dubbing.Elements.Sts;

/// <summary>The server asked for less, or for the normal rate again.</summary>
/// <param name="Action"><c>slow_down</c>, <c>pause</c>, <c>none</c> or whatever the server says.</param>
/// <param name="Severity">The server's word for it; may be empty.</param>
/// <param name="Delay">The delay that is applied; zero for <c>none</c>.</param>
public sealed record BackpressureReceived(string Action, string Severity, TimeSpan Delay) : StsEvent
{
    /// <summary>So many more like it were not told since the last one that was: they came too fast.</summary>
    public long More { get; init; }
}
