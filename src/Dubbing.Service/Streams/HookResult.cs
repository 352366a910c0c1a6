namespace Dubbing.Service.Streams;

/// <summary>What became of a hook event.</summary>
internal enum HookResult
{
    /// <summary>A run begins.</summary>
    WorkerStarted,

    /// <summary>A run is on, and goes on.</summary>
    AlreadyRunning,

    /// <summary>The run ends after the grace period.</summary>
    StopScheduled,

    /// <summary>There is no run.</summary>
    NotRunning,

    /// <summary>An output path: nothing to do.</summary>
    Skipped,

    /// <summary>As many streams run as may.</summary>
    LimitReached,

    /// <summary>The service is stopping.</summary>
    Draining,

    /// <summary>The event is malformed.</summary>
    Invalid,
}
