namespace Dubbing.Pipeline;

/// <summary>The life of one pipeline. Values are ordered: a pipeline only moves to a greater one.</summary>
public enum PipelineState
{
    /// <summary>Parsed, not yet asked to run.</summary>
    Created,

    /// <summary>On its way to PLAYING.</summary>
    Starting,

    /// <summary>PLAYING.</summary>
    Running,

    /// <summary>Being played out or torn down.</summary>
    Stopping,

    /// <summary>Ended as asked, or by a clean end of stream.</summary>
    Stopped,

    /// <summary>Ended by an error.</summary>
    Failed,
}
