namespace Dubbing.Pipeline;

/// <summary>A pipeline's graph in Graphviz dot, without its secrets. The one of its failure stays. Thread-safe.</summary>
internal sealed class PipelineGraph(Gst.Pipeline pipeline, SecretMask mask)
{
    private volatile string? _kept;

    /// <summary>The graph that was kept, else the graph now; empty when the pipeline is gone.</summary>
    public string Current
    {
        get
        {
            if (_kept is { } graph) return graph;
            try
            {
                return Draw();
            }
            catch (ObjectDisposedException)
            {
                return "";
            }
        }
    }

    /// <summary>Keeps the graph as it is now, once; never throws, for it is called where something failed already.</summary>
    public void Keep()
    {
        if (_kept is not null) return;
        try
        {
            _kept = Draw();
        }
        catch (Exception e)
        {
            _kept = $"digraph pipeline {{ label=\"no graph: {e.GetType().Name}\" }}";
        }
    }

    private string Draw() => mask.MaskGraph(pipeline.DebugToDot());
}
