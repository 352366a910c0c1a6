namespace Dubbing.Service.Streams;

/// <summary>What elements of a pipeline file are called, so that the service finds them. A file may do without any of them.</summary>
internal static class PipelineElements
{
    /// <summary>Where the input comes from: its errors are the input's.</summary>
    public const string Source = "source";

    /// <summary>Where the output goes: its errors are the output's, its statistics count bytes.</summary>
    public const string Output = "out";

    /// <summary>The <c>avgate</c>: its statistics count frames.</summary>
    public const string Gate = "gate";

    /// <summary>The <c>stssrc</c>: its statistics are the STS session's.</summary>
    public const string Dub = "dub";

    /// <summary>Those whose statistics are read.</summary>
    public static IReadOnlyList<string> Counting { get; } = [Output, Gate, Dub];
}
