namespace Dubbing.Elements.Sts.Protocol;

/// <summary><c>stream:init</c>: the first event after every connect.</summary>
internal sealed record StreamInit(string StreamId, string WorkerId, StreamConfig Config, int MaxInflight, int TimeoutMs);
