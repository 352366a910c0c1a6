namespace Dubbing.Pipeline;

/// <summary>Something that a pipeline's bus reported.</summary>
/// <param name="At">When it was taken from the bus.</param>
public abstract record PipelineEvent(DateTimeOffset At);

/// <summary>The pipeline moved to another state of its life.</summary>
public sealed record PipelineStateChanged(DateTimeOffset At, PipelineState State) : PipelineEvent(At);

/// <summary>An ERROR message. The pipeline ends with it; a later EOS is no clean end.</summary>
/// <param name="At">When it was taken from the bus.</param>
/// <param name="Element">Name of the element that failed.</param>
/// <param name="Factory">Its factory, e.g. <c>rtmp2sink</c>.</param>
/// <param name="Message">What failed, for people; secrets masked.</param>
/// <param name="Debug">GStreamer's debug detail; secrets masked.</param>
public sealed record PipelineError(DateTimeOffset At, string Element, string Factory, string Message, string? Debug)
    : PipelineEvent(At);

/// <summary>A WARNING message.</summary>
public sealed record PipelineWarning(DateTimeOffset At, string Element, string Factory, string Message, string? Debug)
    : PipelineEvent(At);

/// <summary>Every sink has seen EOS: everything inside was played out.</summary>
public sealed record PipelineEndOfStream(DateTimeOffset At) : PipelineEvent(At);

/// <summary>The pipeline's latency was (re)calculated.</summary>
/// <param name="At">When.</param>
/// <param name="Latency">The minimum latency of the LATENCY query.</param>
public sealed record PipelineLatencyChanged(DateTimeOffset At, TimeSpan Latency) : PipelineEvent(At);

/// <summary>An ELEMENT message: a structure that an element posted.</summary>
/// <param name="At">When it was taken from the bus.</param>
/// <param name="Element">Name of the element that posted it.</param>
/// <param name="Name">The structure's name, e.g. <c>sts-fragment</c>.</param>
/// <param name="Fields">Its fields: string, bool, int, uint, long, ulong or double; others are left out.</param>
public sealed record PipelineElementMessage(
    DateTimeOffset At, string Element, string Name, IReadOnlyDictionary<string, object> Fields) : PipelineEvent(At);
