namespace Dubbing.Elements.Sts.Protocol;

/// <summary>The server's <c>fragment:ack</c>.</summary>
internal sealed record FragmentAckMessage(
    string? FragmentId, string? Status, long? QueuePosition, long? EstimatedCompletionMs, long? Timestamp)
    : ServerMessage(EventNames.FragmentAck);
