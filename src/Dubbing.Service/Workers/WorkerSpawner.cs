using System.Collections.Concurrent;
using System.Diagnostics;

namespace Dubbing.Service.Workers;

/// <summary>Starts worker processes, all from one thread that lives as long as the service: a worker gets SIGKILL from the kernel when the
/// thread that started it ends. Thread-safe.</summary>
internal sealed class WorkerSpawner
{
    private readonly BlockingCollection<(string Socket, TaskCompletionSource<Process> Started)> _asked = [];
    private readonly IReadOnlyList<string> _command;

    /// <summary>Creates the spawner.</summary>
    /// <param name="command">The service's executable, or what runs it.</param>
    public WorkerSpawner(IReadOnlyList<string> command)
    {
        _command = command;
        new Thread(Spawn) { IsBackground = true, Name = "worker spawner" }.Start();
    }

    /// <summary>How this process was started: <c>dubbing</c>, or <c>dotnet dubbing.dll</c>.</summary>
    public static IReadOnlyList<string> OwnCommand => Environment.ProcessPath is { } path && Path.GetFileName(path) != "dotnet"
        ? [path]
        : [Environment.ProcessPath ?? "dotnet", typeof(WorkerSpawner).Assembly.Location];

    /// <summary>Starts a worker that connects to a socket.</summary>
    /// <param name="socket">Its abstract name, without the NUL in front.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The executable can't be started.</exception>
    public Task<Process> SpawnAsync(string socket)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Add((socket, started));
        return started.Task;
    }

    private void Spawn()
    {
        foreach (var (socket, started) in _asked.GetConsumingEnumerable())
        {
            try
            {
                var start = new ProcessStartInfo(_command[0]) { UseShellExecute = false };
                foreach (var argument in (string[])[.. _command.Skip(1), WorkerProgram.Command, socket]) start.ArgumentList.Add(argument);
                // A debugger's pipes in the temporary folder would stay behind when it is killed. Who wants them sets this to 1.
                start.Environment.TryAdd("DOTNET_EnableDiagnostics", "0");
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        }
    }
}
