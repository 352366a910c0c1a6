namespace Dubbing.Pipeline;

/// <summary>A token of a launch file, as gst-parse would see it.</summary>
/// <param name="Line">The line it begins on, from 1.</param>
/// <param name="Text">The token as it stands in the file.</param>
/// <param name="Property">The property it assigns; null for anything else (element, link, caps, pad).</param>
internal sealed record LaunchToken(int Line, string Text, string? Property = null)
{
    /// <summary>The assigned value with gst-parse's quoting taken off, in pieces.</summary>
    public IReadOnlyList<TemplatePart> Value { get; init; } = [];

    /// <summary>The assigned value as a description of its own, where the property takes one.</summary>
    public IReadOnlyList<LaunchToken>? Nested { get; init; }

    /// <summary>A placeholder stands in the value.</summary>
    public bool HasPlaceholder => Value.Any(part => part.IsPlaceholder);

    /// <summary>This token and all those of the descriptions nested in it.</summary>
    public IEnumerable<LaunchToken> Flatten() =>
        (Nested ?? []).SelectMany(token => token.Flatten()).Prepend(this);
}
