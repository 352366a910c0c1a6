using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dubbing.Testing.Processes;

/// <summary>
/// A program that runs beside a test in a session (and process group) of its own, its output kept line by line. Signals go to
/// the whole group. It can't outlive the test: disposing ends the group, and should the test process be killed, the kernel kills the
/// child (PR_SET_PDEATHSIG, set by util-linux' setpriv; where there is no setpriv, only disposing ends it). Grandchildren are not covered by that
/// last net. Safe for any thread.
/// </summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    /// <summary>How many lines are kept.</summary>
    public const int KeptLines = 4000;

    /// <summary>How long SIGTERM has before SIGKILL follows.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(5);

    /// <summary>A grandchild may hold the pipes open for ever, so what is left of the output has this long after the exit.</summary>
    private static readonly TimeSpan s_outputGrace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly LineLog _log = new(KeptLines);
    private readonly Action<OutputLine>? _onLine;
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _openStreams = 2;
    private int _disposed;

    private ChildProcess(string name, ProcessStartInfo info, Action<OutputLine>? onLine)
    {
        Name = name;
        _onLine = onLine;
        _process = new Process { StartInfo = info, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Received(isError: false, e.Data);
        _process.ErrorDataReceived += (_, e) => Received(isError: true, e.Data);
        _process.Exited += (_, _) => _gone.TrySetResult();
        Spawner.Start(_process);
        Id = _process.Id;
        StartedAt = Stopwatch.GetTimestamp();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exited = WaitForExit();
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Process id, which is also the id of its group.</summary>
    public int Id { get; }

    /// <summary>When it was started (<see cref="Stopwatch.GetTimestamp"/>).</summary>
    public long StartedAt { get; }

    /// <summary>Completes with the exit code (128 + n for signal n) when the process is gone and its output read.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last <see cref="KeptLines"/> lines, oldest first.</summary>
    public IReadOnlyList<OutputLine> Lines => _log.Snapshot();

    /// <summary>Starts a program.</summary>
    /// <param name="program">Name in PATH, or path.</param>
    /// <param name="arguments">Passed as they are, no shell.</param>
    /// <param name="environment">Added to this process's environment; a null value removes the variable.</param>
    /// <param name="workingDirectory">This process's own when null.</param>
    /// <param name="name">What messages call it; the program's file name when null.</param>
    /// <param name="onLine">Called for each line as it comes, on a reader thread; must be quick and must not throw.</param>
    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null,
        string? name = null,
        Action<OutputLine>? onLine = null)
    {
        var path = Executables.TryFind(program) ?? throw new FileNotFoundException($"There is no program '{program}'.");
        // setsid execs in place (the new process leads no group yet), so the id is the program's own and its group's.
        List<string> command = [Executables.Find("setsid", "util-linux"), path, .. arguments];
        if (Executables.TryFind("setpriv") is { } setpriv)
            command.InsertRange(0, [setpriv, "--pdeathsig", "KILL"]);

        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string?>())
        {
            if (value is null)
                info.Environment.Remove(key);
            else
                info.Environment[key] = value;
        }
        return new ChildProcess(name ?? Path.GetFileName(path), info, onLine);
    }

    /// <summary>Waits for a line, one of those already there included.</summary>
    /// <exception cref="TimeoutException">It did not come in time; the message carries the last lines.</exception>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    public async Task<OutputLine> WaitForLine(Func<OutputLine, bool> wanted, TimeSpan timeout)
    {
        var line = _log.Next(wanted);
        using var timer = new CancellationTokenSource();
        var first = await Task.WhenAny(line, Exited, Task.Delay(timeout, timer.Token));
        await timer.CancelAsync();
        if (line.IsCompletedSuccessfully)
            return await line;
        throw first == Exited
            ? new InvalidOperationException($"{Name} ended with code {await Exited} before the expected line.{Tail()}")
            : new TimeoutException($"{Name} did not write the expected line within {timeout.TotalSeconds:0.#} s.{Tail()}");
    }

    /// <summary>As <see cref="WaitForLine(Func{OutputLine, bool}, TimeSpan)"/>, for a line that contains a text.</summary>
    public Task<OutputLine> WaitForLine(string text, TimeSpan timeout) =>
        WaitForLine(line => line.Text.Contains(text, StringComparison.Ordinal), timeout);

    /// <summary>Sends a signal to the whole group; nothing happens when it is gone.</summary>
    public void Signal(UnixSignal signal)
    {
        const int noSuchProcess = 3;
        if (Kill(-Id, (int)signal) != 0 && Marshal.GetLastPInvokeError() is var error and not noSuchProcess)
            throw new InvalidOperationException($"kill({Name}, {signal}) failed with errno {error}.");
    }

    /// <summary>Ends it: SIGTERM (also when it is frozen), after <paramref name="grace"/> SIGKILL. Returns the exit code.</summary>
    public async Task<int> Stop(TimeSpan? grace = null)
    {
        if (!Exited.IsCompleted)
        {
            Signal(UnixSignal.Terminate);
            Signal(UnixSignal.Continue);
            await Task.WhenAny(_gone.Task, Task.Delay(grace ?? DefaultGrace));
        }
        // Also when the leader is gone: others of its group may not be.
        Signal(UnixSignal.Kill);
        return await Exited.WaitAsync(DefaultGrace);
    }

    /// <summary>The last lines, for a message of failure.</summary>
    public string Tail(int count = 20)
    {
        var lines = Lines;
        return lines.Count == 0
            ? " (It wrote nothing.)"
            : $"\nLast lines of {Name}:\n  " + string.Join("\n  ", lines.TakeLast(count).Select(line => line.Text));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await Stop();
        _process.Dispose();
    }

    private void Received(bool isError, string? text)
    {
        if (text is null)
        {
            if (Interlocked.Decrement(ref _openStreams) == 0)
                _outputEnded.TrySetResult();
            return;
        }
        var line = new OutputLine(isError, text);
        _log.Add(line);
        _onLine?.Invoke(line);
    }

    private async Task<int> WaitForExit()
    {
        await _gone.Task;
        var code = _process.ExitCode;
        await Task.WhenAny(_outputEnded.Task, Task.Delay(s_outputGrace));
        return code;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
