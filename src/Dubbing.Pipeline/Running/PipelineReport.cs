using System.Threading.Channels;
using Gst;

namespace Dubbing.Pipeline;

/// <summary>What a pipeline tells: events, stamped, and without its secrets. Thread-safe.</summary>
internal sealed class PipelineReport(SecretMask mask, TimeProvider time)
{
    private readonly Channel<PipelineEvent> _events = Channel.CreateUnbounded<PipelineEvent>();

    public ChannelReader<PipelineEvent> Events => _events.Reader;

    public void State(PipelineState state) => Write(new PipelineStateChanged(Now, state));

    public void Error(string element, string factory, string message, string? debug) =>
        Write(new PipelineError(Now, element, factory, mask.Mask(message), Masked(debug)));

    public void Warning(Message source, string message, string? debug) =>
        Write(new PipelineWarning(Now, source.SourceName, source.SourceFactory, mask.Mask(message), Masked(debug)));

    public void EndOfStream() => Write(new PipelineEndOfStream(Now));

    public void Latency(TimeSpan latency) => Write(new PipelineLatencyChanged(Now, latency));

    public void ElementMessage(Message message)
    {
        using var structure = message.Structure;
        if (structure is null) return;
        Write(new PipelineElementMessage(Now, message.SourceName, structure.Name, structure.ToDictionary()));
    }

    /// <summary>Nothing is told after this.</summary>
    public void Complete() => _events.Writer.Complete();

    private DateTimeOffset Now => time.GetUtcNow();

    private string? Masked(string? text) => text is null ? null : mask.Mask(text);

    private void Write(PipelineEvent e) => _events.Writer.TryWrite(e);
}
