namespace Dubbing.Pipeline;

/// <summary>A piece of a property's value: literal text, or a placeholder.</summary>
/// <param name="Text">The literal text, or the placeholder's name.</param>
/// <param name="IsPlaceholder">Which of the two it is.</param>
/// <param name="Default">What stands in when the placeholder has no value.</param>
internal readonly record struct TemplatePart(string Text, bool IsPlaceholder = false, string? Default = null);
