namespace Dubbing.Testing.Processes;

/// <summary>One line that a process wrote.</summary>
/// <param name="IsError">True for stderr, false for stdout.</param>
/// <param name="Text">The line without its end.</param>
public sealed record OutputLine(bool IsError, string Text);
