using Dubbing.Service.Configuration;
using Dubbing.Service.Metrics;

namespace Dubbing.Service.Streams;

/// <summary>What all streams share.</summary>
/// <param name="Configuration">The configuration in force.</param>
/// <param name="NewHost">Makes the place where the pipelines of a stream's run live.</param>
/// <param name="Time">The clock.</param>
/// <param name="Metrics">Counts.</param>
/// <param name="Slots">How many streams may run.</param>
/// <param name="Dismissed">Publishers whose streams were stopped by hand.</param>
/// <param name="Folders">Segment files.</param>
/// <param name="Jitter">Numbers from 0 to 1 that spread restarts.</param>
/// <param name="Logger">Logs.</param>
internal sealed record StreamContext(
    ConfigurationStore Configuration, Func<string, IPipelineHost> NewHost, TimeProvider Time, StreamMetrics Metrics, StreamSlots Slots,
    DismissedPublishers Dismissed, SegmentFolders Folders, Func<double> Jitter, ILogger<StreamSupervisor> Logger)
{
    /// <summary>A text without secrets.</summary>
    public string Mask(string text) => Configuration.Mask.Mask(text);
}
