using Dubbing.Service.Streams;

namespace Dubbing.Service.Metrics;

/// <summary>What hook results are called outside.</summary>
internal static class HookNames
{
    /// <summary>The hooks.</summary>
    public static string[] Hooks { get; } = [Ready, NotReady];

    public const string Ready = "ready";

    public const string NotReady = "not-ready";

    public static string Of(HookResult result) => result switch
    {
        HookResult.WorkerStarted => "worker_started",
        HookResult.AlreadyRunning => "already_running",
        HookResult.StopScheduled => "stop_scheduled",
        HookResult.NotRunning => "not_running",
        HookResult.Skipped => "skipped",
        HookResult.LimitReached => "limit_reached",
        HookResult.Draining => "draining",
        _ => "invalid",
    };
}
