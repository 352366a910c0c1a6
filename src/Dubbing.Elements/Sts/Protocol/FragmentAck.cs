namespace Dubbing.Elements.Sts.Protocol;

/// <summary><c>fragment:ack</c> of ours: a result was read and judged. <c>applied</c> or <c>received</c>.</summary>
internal sealed record FragmentAck(string FragmentId, string Status, long Timestamp)
{
    public const string Applied = "applied";
    public const string Received = "received";
}
