namespace Dubbing.Pipeline;

/// <summary>An element factory that a launch file names.</summary>
/// <param name="Name">Its name, e.g. <c>flvmux</c>.</param>
/// <param name="Line">The line, from 1.</param>
public readonly record struct LaunchFactory(string Name, int Line);
