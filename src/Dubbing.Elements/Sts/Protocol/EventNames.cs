namespace Dubbing.Elements.Sts.Protocol;

/// <summary>The events of the exchange.</summary>
internal static class EventNames
{
    public const string StreamInit = "stream:init";
    public const string StreamReady = "stream:ready";
    public const string StreamPause = "stream:pause";
    public const string StreamResume = "stream:resume";
    public const string StreamEnd = "stream:end";
    public const string StreamComplete = "stream:complete";
    public const string FragmentData = "fragment:data";
    public const string FragmentAck = "fragment:ack";
    public const string FragmentProcessed = "fragment:processed";
    public const string Backpressure = "backpressure";
    public const string Error = "error";
}
