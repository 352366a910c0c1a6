using Gst;

namespace Dubbing.Gst.Tests;

/// <summary>Takes a pipeline to NULL when a test ends, however it ends: GStreamer insists on it.</summary>
internal sealed class StopAtEnd(Element pipeline) : IDisposable
{
    public void Dispose() => pipeline.SetState(State.Null);
}
