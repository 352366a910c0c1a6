namespace Dubbing.Elements.Sts;

/// <summary>Data was unusable or broke the protocol; the exchange went on without it.</summary>
/// <param name="What">The event it was found in, e.g. <c>fragment:processed</c>.</param>
/// <param name="Detail">The field and what is wrong with it.</param>
public sealed record ProtocolFault(string What, string Detail) : StsEvent
{
    /// <summary>So many more like it were not told since the last one that was: they came too fast.</summary>
    public long More { get; init; }
}
