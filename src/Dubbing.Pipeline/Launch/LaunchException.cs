namespace Dubbing.Pipeline;

/// <summary>A launch file can't become a pipeline. The message names the file, the line and what to do.</summary>
public sealed class LaunchException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LaunchException(string message) : base(message) { }

    /// <summary>Creates the exception with its cause.</summary>
    public LaunchException(string message, Exception inner) : base(message, inner) { }
}
