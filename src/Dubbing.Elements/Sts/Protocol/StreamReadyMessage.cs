namespace Dubbing.Elements.Sts.Protocol;

/// <summary><c>stream:ready</c>.</summary>
internal sealed record StreamReadyMessage(
    string? StreamId, string? SessionId, long? MaxInflight, bool? BatchProcessing, bool? AsyncDelivery)
    : ServerMessage(EventNames.StreamReady);
