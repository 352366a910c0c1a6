namespace Dubbing.Elements.Sts.Protocol;

/// <summary>The <c>metadata</c> of <c>fragment:data</c>.</summary>
internal sealed record FragmentMetadata(ulong PtsNs, ulong SourcePtsNs);
