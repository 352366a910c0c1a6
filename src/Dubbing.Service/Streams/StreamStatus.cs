using System.Text.Json.Serialization;
using Dubbing.Service.Configuration;
using Dubbing.Service.Egress;

namespace Dubbing.Service.Streams;

/// <summary>A stream as <c>GET /v1/streams/{id}</c> shows it.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="RunId">The present run, or the last one; null before the first.</param>
/// <param name="Since">When the state was entered.</param>
internal sealed record StreamStatus(string StreamId, StreamState State, string? RunId, DateTimeOffset Since)
{
    /// <summary>Why it is degraded; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The pipeline file.</summary>
    public string? Pipeline { get; init; }

    /// <summary>How the publisher publishes.</summary>
    public string? SourceType { get; init; }

    /// <summary>The publisher's connection.</summary>
    public string? SourceId { get; init; }

    /// <summary>What a viewer waits: the pipeline's live latency, or what the configuration makes of it before it is known.</summary>
    public double? DelaySeconds { get; init; }

    /// <summary>While starting: how long until the delay line is full.</summary>
    public double? FirstOutputInSeconds { get; init; }

    /// <summary>Since when the delay line fills, or when it will begin to; the countdown is made from it when it is asked for.</summary>
    [JsonIgnore]
    public DateTimeOffset? FillsFrom { get; init; }

    /// <summary>Since when nothing comes in although the publisher should be there.</summary>
    public DateTimeOffset? InputLostSince { get; init; }

    /// <summary>Tracks of which nothing has come for 10 s while the other goes on; null: none. Silence plays, or the picture stands.</summary>
    public IReadOnlyList<string>? StoppedTracks { get; init; }

    /// <summary>When the stop is due, because the publisher left or nothing comes in.</summary>
    public DateTimeOffset? StopAt { get; init; }

    /// <summary>When the pipeline is tried again.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Restarts in this run.</summary>
    public int Restarts { get; init; }

    /// <summary>The exchange with the STS server, as the element last said.</summary>
    public string? StsState { get; init; }

    /// <summary>The process that the stream's pipeline lives in; null: the service's own, or none now.</summary>
    public int? WorkerPid { get; init; }

    /// <summary>What the run works with, and where each value comes from.</summary>
    public IReadOnlyDictionary<string, EffectiveSetting>? Settings { get; init; }

    /// <summary>What the publish URL's query asks for and does not get; null: nothing.</summary>
    public IReadOnlyList<RejectedSetting>? RejectedSettings { get; init; }

    /// <summary>Fragments of this run.</summary>
    public FragmentCounts? Fragments { get; init; }

    /// <summary>Where the output is passed on to; null: nowhere.</summary>
    public IReadOnlyList<EgressStatus>? Egress { get; init; }

    /// <summary>The last errors, newest last.</summary>
    public IReadOnlyList<StreamError> Errors { get; init; } = [];
}
