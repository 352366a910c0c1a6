namespace Dubbing.Service.Configuration;

/// <summary>Pipeline files.</summary>
/// <param name="Files">Which file a source type gets.</param>
/// <param name="Folder">Where they are.</param>
/// <param name="RtspLatencyMs">rtspsrc's own buffering, in ms; part of the delay of streams pulled over RTSP.</param>
public sealed record PipelineOptions(PipelineFiles Files, string Folder, int RtspLatencyMs);
