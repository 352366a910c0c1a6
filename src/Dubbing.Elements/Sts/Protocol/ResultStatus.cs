namespace Dubbing.Elements.Sts.Protocol;

/// <summary>The <c>status</c> of a result.</summary>
internal static class ResultStatus
{
    public const string Success = "success";
    public const string Partial = "partial";
    public const string Failed = "failed";
}
