using System.Collections.Concurrent;
using System.Diagnostics;

namespace Dubbing.Testing.Processes;

/// <summary>
/// Starts processes from one thread that never ends. PR_SET_PDEATHSIG fires when the <em>thread</em> that forked ends, not the
/// process, so a child started from the thread pool would be killed when the pool retires that thread.
/// </summary>
internal static class Spawner
{
    private static readonly BlockingCollection<(Process Process, TaskCompletionSource Started)> s_requests = [];

    static Spawner()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "process spawner" };
        thread.Start();
    }

    public static void Start(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        s_requests.Add((process, started));
        started.Task.GetAwaiter().GetResult();
    }

    private static void Run()
    {
        foreach (var (process, started) in s_requests.GetConsumingEnumerable())
        {
            try
            {
                process.Start();
                started.SetResult();
            }
#pragma warning disable CA1031 // whatever it is, it belongs to the caller that waits
            catch (Exception e)
#pragma warning restore CA1031
            {
                started.SetException(e);
            }
        }
    }
}
