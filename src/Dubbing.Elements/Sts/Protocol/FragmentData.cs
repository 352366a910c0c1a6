namespace Dubbing.Elements.Sts.Protocol;

/// <summary><c>fragment:data</c>: one fragment, on its way to the server.</summary>
internal sealed record FragmentData(
    string FragmentId, string StreamId, int SequenceNumber, long Timestamp, FragmentAudio Audio, FragmentMetadata Metadata);
