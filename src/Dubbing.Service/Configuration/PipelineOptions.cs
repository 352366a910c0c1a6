namespace Dubbing.Service.Configuration;

/// <summary>Pipeline files.</summary>
/// <param name="Files">Which file a source type gets.</param>
/// <param name="Folder">Where they are.</param>
/// <param name="RtspLatencyMs">How long rtspsrc waits for a packet that is missing, in ms.</param>
public sealed record PipelineOptions(PipelineFiles Files, string Folder, int RtspLatencyMs);
