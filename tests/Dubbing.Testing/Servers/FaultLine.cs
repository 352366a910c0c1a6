using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Dubbing.Testing.Servers;

/// <summary>One connection through a <see cref="FaultProxy"/>.</summary>
[SuppressMessage("Usage", "CA2213", Justification = "The cancellation source may be used by End() at any time; it holds nothing native.")]
internal sealed class FaultLine : IDisposable
{
    private const int ReadBytes = 16 * 1024;

    // As much as fits on the way: with the largest read, 1 MB.
    private const int ReadsOnTheWay = 64;

    // A line that is limited to few bytes a second still carries some of them that often a second.
    private const int SegmentsPerSecond = 20;

    private readonly Socket _client;
    private readonly Uri _target;
    private readonly Func<LineFaults> _faults;
    private readonly SilentFrom _silentFrom;
    private readonly int? _httpStatus;
    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _clientLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _silent;
    private volatile bool _reset;

    /// <param name="client">Who connected; the line's from now on.</param>
    /// <param name="target">Whom to connect to.</param>
    /// <param name="faults">What is wrong with the line now; what it says of new connections is taken at once.</param>
    public FaultLine(Socket client, Uri target, Func<LineFaults> faults)
    {
        _client = client;
        _target = target;
        _faults = faults;
        _silentFrom = faults().Silent;
        _httpStatus = faults().HttpStatus;
        _client.NoDelay = true;
    }

    /// <summary>Completes when the client has closed its end, whatever the line passes on, or the line has ended.</summary>
    public Task ClientLeft => _clientLeft.Task;

    /// <summary>Ends it, or makes it silent for ever.</summary>
    public void End(LineEnd how)
    {
        _silent |= how == LineEnd.Silence;
        _reset |= how == LineEnd.Reset;
        if (how != LineEnd.Silence)
            _end.Cancel();
    }

    /// <summary>Carries bytes until both sides have closed, one was reset, or <see cref="End"/>.</summary>
    public async Task RunAsync()
    {
        try
        {
            if (_httpStatus is { } status)
                await AnswerAsync(status);
            else if (_silentFrom == SilentFrom.Accept)
                await SwallowAsync();
            else
                await CarryAsync();
        }
        catch (SocketException)
        {
            // The server refused: so does the line.
            _reset = true;
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // End() was called.
        }
    }

    public void Dispose()
    {
        foreach (var socket in (Socket[])[_client, _server])
        {
            if (_reset)
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            else if (socket.Connected)
                // Closing alone would be a reset where something was not read yet.
                socket.Shutdown(SocketShutdown.Both);
            socket.Dispose();
        }

        _clientLeft.TrySetResult();
    }

    private async Task AnswerAsync(int status)
    {
        await ReadHeadAsync();
        var answer = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        await _client.SendAsync(Encoding.ASCII.GetBytes(answer), _end.Token);
        _client.Shutdown(SocketShutdown.Send);
    }

    private async Task SwallowAsync()
    {
        var buffer = new byte[ReadBytes];
        while (await _client.ReceiveAsync(buffer, _end.Token) > 0)
        {
            // Nobody hears of it.
        }

        _clientLeft.TrySetResult();
        await ForeverAsync();
    }

    private async Task ReadHeadAsync()
    {
        var head = new List<byte>();
        var buffer = new byte[ReadBytes];
        while (HeadLength(head.ToArray()) is null && await _client.ReceiveAsync(buffer, _end.Token) is var count and > 0)
            head.AddRange(buffer.AsSpan(0, count));
    }

    private async Task CarryAsync()
    {
        await _server.ConnectAsync(_target.Host, _target.Port, _end.Token);
        await Task.WhenAll(CarryAsync(_client, _server, isAnswer: false), CarryAsync(_server, _client, isAnswer: true));
    }

    private async Task CarryAsync(Socket from, Socket to, bool isAnswer)
    {
        var way = Channel.CreateBounded<(byte[] Bytes, long DueAt)>(ReadsOnTheWay);
        var writing = WriteAllAsync(way.Reader, to, isAnswer);
        try
        {
            await ReadAllAsync(from, way.Writer);
        }
        catch (SocketException)
        {
            await ResetAsync();
        }
        finally
        {
            if (!isAnswer)
                _clientLeft.TrySetResult();
            way.Writer.TryComplete();
            await writing;
        }
    }

    private async Task ReadAllAsync(Socket from, ChannelWriter<(byte[] Bytes, long DueAt)> way)
    {
        var buffer = new byte[ReadBytes];
        while (await from.ReceiveAsync(buffer, _end.Token) is var count and > 0)
        {
            var faults = _faults();
            var late = faults.Latency + Random.Shared.NextDouble() * faults.Jitter;
            await way.WriteAsync((buffer[..count], Stopwatch.GetTimestamp() + (long)(late.TotalSeconds * Stopwatch.Frequency)), _end.Token);
        }
    }

    private async Task WriteAllAsync(ChannelReader<(byte[] Bytes, long DueAt)> way, Socket to, bool isAnswer)
    {
        try
        {
            var first = true;
            await foreach (var (bytes, dueAt) in way.ReadAllAsync(_end.Token))
            {
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), dueAt);
                // A timer may be early by some milliseconds.
                while (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, _end.Token);
                    wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), dueAt);
                }

                var heard = isAnswer && first && _silentFrom == SilentFrom.HttpAnswer ? HeadLength(bytes) ?? bytes.Length : bytes.Length;
                await WriteAsync(to, bytes.AsMemory(0, heard));
                _silent |= isAnswer && _silentFrom == SilentFrom.HttpAnswer;
                first = false;
            }

            if (_silent)
                await ForeverAsync();
            // The reader of what is on the way may be the first to hear of an end, which need not be this one.
            _end.Token.ThrowIfCancellationRequested();
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            await ResetAsync();
        }
    }

    private Task ResetAsync()
    {
        _reset = true;
        return _end.CancelAsync();
    }

    private async Task WriteAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_silent)
                await ForeverAsync();
            var faults = _faults();
            var most = Math.Min(faults.SegmentBytes ?? bytes.Length, Math.Max(1, (faults.BytesPerSecond ?? int.MaxValue) / SegmentsPerSecond));
            var segment = bytes[..Math.Min(most, bytes.Length)];
            await to.SendAsync(segment, _end.Token);
            bytes = bytes[segment.Length..];
            if (faults.BytesPerSecond is { } rate)
                await Task.Delay(TimeSpan.FromSeconds((double)segment.Length / rate), _end.Token);
        }
    }

    private Task ForeverAsync() => Task.Delay(Timeout.Infinite, _end.Token);

    // The end of an HTTP head is an empty line.
    private static int? HeadLength(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? null : end + 4;
    }
}
