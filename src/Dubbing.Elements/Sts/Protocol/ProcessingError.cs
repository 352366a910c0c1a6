namespace Dubbing.Elements.Sts.Protocol;

/// <summary>The <c>error</c> of a result.</summary>
internal sealed record ProcessingError(string? Code, string? Message, string? Stage, bool? Retryable);
