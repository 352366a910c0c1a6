namespace Dubbing.Pipeline;

/// <summary>What stands in for a <c>${placeholder}</c> of a launch file.</summary>
/// <param name="Text">The value.</param>
/// <param name="Secret">It must not show in logs, errors or graphs.</param>
public readonly record struct PlaceholderValue(string Text, bool Secret = false)
{
    /// <summary>A value that may be shown.</summary>
    public static implicit operator PlaceholderValue(string text) => new(text);
}
