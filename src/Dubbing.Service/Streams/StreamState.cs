namespace Dubbing.Service.Streams;

/// <summary>Where a stream is in its life.</summary>
internal enum StreamState
{
    /// <summary>Nothing runs.</summary>
    Idle,

    /// <summary>A run has begun; nothing has come out yet: the delay line fills.</summary>
    Starting,

    /// <summary>Output flows.</summary>
    Running,

    /// <summary>It can't run, or fails again and again; the status says why.</summary>
    Degraded,

    /// <summary>The run is being played out.</summary>
    Stopping,
}
