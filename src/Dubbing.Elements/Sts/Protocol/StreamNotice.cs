namespace Dubbing.Elements.Sts.Protocol;

/// <summary><c>stream:pause</c>, <c>stream:resume</c> and <c>stream:end</c>.</summary>
internal sealed record StreamNotice(string StreamId, string? Reason);
