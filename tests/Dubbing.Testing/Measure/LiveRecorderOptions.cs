namespace Dubbing.Testing.Measure;

/// <summary>How a <see cref="LiveRecorder"/> records.</summary>
public sealed record LiveRecorderOptions
{
    /// <summary>A file that gets the received bytes as they are, or null.</summary>
    public string? FilePath { get; init; }

    /// <summary>How long to connect again while nothing has been received yet. A reader that loses the stream later ends.</summary>
    public TimeSpan WaitForStream { get; init; } = TimeSpan.FromSeconds(30);
}
