namespace Dubbing.Elements.Sts.Protocol;

/// <summary>The <c>action</c> that <c>backpressure</c> asks for.</summary>
internal static class BackpressureAction
{
    public const string SlowDown = "slow_down";
    public const string Pause = "pause";
    public const string None = "none";
}
