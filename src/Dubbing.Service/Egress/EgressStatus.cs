namespace Dubbing.Service.Egress;

/// <summary>A target as <c>GET /v1/streams/{id}</c> shows it.</summary>
/// <param name="Target">Its address without the stream key.</param>
/// <param name="State">Where the way to it stands.</param>
/// <param name="Restarts">How often it failed in this run.</param>
internal sealed record EgressStatus(string Target, EgressState State, int Restarts)
{
    /// <summary>When it is tried again; null: no pause is on.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>What went wrong last, in this run; secrets masked. Null: nothing.</summary>
    public string? LastError { get; init; }
}
