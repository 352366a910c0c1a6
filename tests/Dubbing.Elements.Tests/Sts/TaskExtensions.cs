namespace Dubbing.Elements.Tests.Sts;

/// <summary>Bounds on what tests await.</summary>
internal static class TaskExtensions
{
    /// <summary>The task, or a <see cref="TimeoutException"/> when it hangs.</summary>
    public static Task Bounded(this Task task) => task.WaitAsync(ScriptedServer.Limit);

    /// <summary>The task, or a <see cref="TimeoutException"/> when it hangs.</summary>
    public static Task<T> Bounded<T>(this Task<T> task) => task.WaitAsync(ScriptedServer.Limit);
}
