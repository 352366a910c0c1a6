using GLib;

namespace Gst;

/// <summary>A description that is no pipeline.</summary>
public sealed class ParseException : Exception
{
    internal ParseException(GException cause, IReadOnlyList<string> missingElements) : base(cause.Message, cause) =>
        MissingElements = missingElements;

    /// <summary>The factories that the description names and that do not exist here.</summary>
    public IReadOnlyList<string> MissingElements { get; }
}
