using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Dubbing.Pipeline;
using Dubbing.Service.Configuration;

namespace Dubbing.Service.Workers;

/// <summary>A worker process as the service sees it: launches pipelines in it, hears what it says, and ends it when it hangs or takes too
/// much memory. Thread-safe, but for <see cref="LaunchAsync"/>: one pipeline at a time.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan _start = TimeSpan.FromSeconds(20);

    // For the STS server to hear of the end: the exchange waits 5 s for its answer, and up to 2 s for the connection's close.
    private static readonly TimeSpan _leave = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan _send = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);
    private readonly Process _process;
    private readonly WorkerChannel _channel;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _watch;
    private readonly Lock _killing = new();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile WorkerPipeline? _pipeline;
    private volatile string? _killed;
    private volatile bool _leaving;
    private volatile bool _hasBeaten;
    private int _silentLooks;

    private WorkerProcess(Process process, WorkerChannel channel, WorkerOptions options, TimeProvider time, ILogger logger)
    {
        (_process, _channel, _options, _time, _logger, Id) = (process, channel, options, time, logger, process.Id);
        _watch = time.CreateTimer(_ => Watch(), null, _look, _look);
        _ = ReceiveAsync();
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>It is gone, or about to be.</summary>
    public bool HasEnded => _ended.Task.IsCompleted || _killed is not null;

    /// <summary>Starts one.</summary>
    /// <exception cref="LaunchException">It does not start, or does not report within 20 s.</exception>
    public static async Task<WorkerProcess> StartAsync(WorkerSpawner spawner, WorkerOptions options, TimeProvider time, ILogger logger)
    {
        var name = $"dubbing-worker-{Guid.NewGuid():n}";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        // An abstract name: no file that could be left behind.
        listener.Bind(new UnixDomainSocketEndPoint($"\0{name}"));
        listener.Listen();
        Process process;
        try
        {
            process = await spawner.SpawnAsync(name);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new LaunchException($"no worker process could be started: {e.Message}", e);
        }

        try
        {
            var socket = await AcceptAsync(listener, process, time);
            socket.SendTimeout = (int)_send.TotalMilliseconds;
            logger.LogDebug("worker process {Pid} has started", process.Id);
            return new WorkerProcess(process, new WorkerChannel(socket), options, time, logger);
        }
        catch (OperationCanceledException e)
        {
            var how = process.HasExited ? LinuxProcess.Describe(process.ExitCode) : $"did not report within {_start.TotalSeconds:0} s";
            process.Kill();
            process.Dispose();
            throw new LaunchException($"the stream's worker process {how}", e);
        }
    }

    /// <summary>Launches a pipeline in it.</summary>
    /// <exception cref="LaunchException">The worker refuses the description, or is gone.</exception>
    public async Task<IRunningPipeline> LaunchAsync(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        var pipeline = new WorkerPipeline(this, _time);
        _pipeline = pipeline;
        Send(new WorkerMessage.Launch(file.Name, file.Text, values.ToDictionary()));
        // Its end may have come just before.
        if (_ended.Task.IsCompleted) pipeline.Lose(await _ended.Task);
        try
        {
            await pipeline.LaunchedAsync.WaitAsync(_start, _time);
        }
        catch (TimeoutException)
        {
            Kill($"was killed: it did not launch the pipeline within {_start.TotalSeconds:0} s");
        }

        return await pipeline.LaunchedAsync is not { } refused ? pipeline : throw new LaunchException(refused);
    }

    /// <summary>Says something to the worker. One that is gone does not hear it, and says so by its end.</summary>
    public void Send(WorkerMessage message)
    {
        try
        {
            _channel.Send(message);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Kill($"was killed: it does not listen ({e.Message})");
        }
    }

    /// <summary>Ends it at once.</summary>
    /// <param name="how">What is said of its end, unless it has ended already.</param>
    public void Kill(string how)
    {
        lock (_killing)
        {
            if (_ended.Task.IsCompleted || _killed is not null) return;
            _killed = how;
            _process.Kill();
        }
    }

    /// <summary>Lets it end its STS sessions and exit; kills it if it does not within 9 s.</summary>
    public async ValueTask DisposeAsync()
    {
        _leaving = true;
        if (!HasEnded) Send(new WorkerMessage.Leave());
        try
        {
            await _ended.Task.WaitAsync(_leave, _time);
        }
        catch (TimeoutException)
        {
            Kill($"was killed: it did not exit within {_leave.TotalSeconds:0} s");
            await _ended.Task;
        }
    }

    // Only the worker that was started: the socket's name is open to every process of this machine.
    private static async Task<Socket> AcceptAsync(Socket listener, Process process, TimeProvider time)
    {
        using var bound = new CancellationTokenSource(_start, time);
        var exited = process.WaitForExitAsync(bound.Token);
        while (true)
        {
            var accepted = listener.AcceptAsync(bound.Token).AsTask();
            if (await Task.WhenAny(accepted, exited) == exited) await bound.CancelAsync();
            var socket = await accepted;
            if (LinuxProcess.PeerOf(socket) == process.Id)
            {
                await bound.CancelAsync();
                return socket;
            }

            socket.Dispose();
        }
    }

    private void Watch()
    {
        // Looks are counted, not time: where the service itself was held up, the beats of that time are still to be read.
        // One that starts is silent until GStreamer is up; what it is to launch has a time limit of its own.
        if (_hasBeaten && Interlocked.Increment(ref _silentLooks) * _look > _options.Silence)
            Kill($"was killed: it gave no sign of life for {_options.Silence.TotalSeconds:0} s");
        else if (_options.MaxBytes > 0 && LinuxProcess.ResidentBytes(Id) is { } bytes && bytes > _options.MaxBytes)
            Kill($"was killed: it took {bytes / 1_000_000} MB of memory, more than Workers:MaxMegabytes allows");
    }

    private void Hear()
    {
        _hasBeaten = true;
        Interlocked.Exchange(ref _silentLooks, 0);
    }

    private async Task ReceiveAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (await _channel.ReceiveAsync() is { } message)
            {
                if (message is WorkerMessage.Beat) Hear();
                _pipeline?.Take(message);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            Kill($"was killed: it sent what can't be read ({e.Message})");
        }

        await EndAsync();
    }

    private async Task EndAsync()
    {
        await _watch.DisposeAsync();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(_leave, _time);
        }
        catch (TimeoutException)
        {
            Kill("was killed: it closed its connection and did not exit");
            // However long the kernel takes: until then it may still publish, and nothing may follow it.
            await _process.WaitForExitAsync();
        }

        var how = _killed ?? LinuxProcess.Describe(_process.ExitCode);
        if (!_leaving || _killed is not null) _logger.LogError("worker process {Pid} {How}", Id, how);
        lock (_killing)
        {
            _ended.SetResult(how);
            _process.Dispose();
        }

        _pipeline?.Lose(how);
        _channel.Dispose();
    }
}
