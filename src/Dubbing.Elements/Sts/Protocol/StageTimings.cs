namespace Dubbing.Elements.Sts.Protocol;

/// <summary>The <c>stage_timings</c> of a result, in ms.</summary>
internal sealed record StageTimings(long? AsrMs, long? TranslationMs, long? TtsMs);
