namespace Dubbing.Pipeline;

/// <summary>A gst-launch-style description with placeholders, as read from a file.</summary>
public sealed class LaunchFile
{
}
