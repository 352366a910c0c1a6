namespace Dubbing.Elements.Sts.Protocol;

/// <summary>The <c>config</c> of <c>stream:init</c>; null hints are left out.</summary>
internal sealed record StreamConfig(
    string SourceLanguage, string TargetLanguage, string VoiceProfile, int ChunkDurationMs, int SampleRateHz, int Channels, string Format,
    IReadOnlyList<string>? DomainHints);
