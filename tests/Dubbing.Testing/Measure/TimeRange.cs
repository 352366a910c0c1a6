namespace Dubbing.Testing.Measure;

/// <summary>A stretch of a recording's timeline, in seconds.</summary>
/// <param name="StartSeconds">Its beginning.</param>
/// <param name="EndSeconds">Its end.</param>
public readonly record struct TimeRange(double StartSeconds, double EndSeconds);
