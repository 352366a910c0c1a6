using System.Buffers.Binary;
using System.Diagnostics;

namespace Dubbing.Testing.Measure;

/// <summary>
/// Reads a live RTMP stream as a viewer does and stamps every tag when its last byte is received. The reader is
/// <c>gst-launch-1.0 rtmp2src ! fdsink</c>, and <c>stamp.py</c> stamps, in processes of their own: this one's garbage collector may hold it up
/// for longer than what is to be measured. They have a session of their own, too: Linux shares processors out by session. Thread-safe.
/// </summary>
public sealed class LiveRecorder : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly Lock guard = new();
    private readonly List<FlvTag> tags = [];
    private readonly List<(Func<FlvTag, bool> Predicate, TaskCompletionSource<FlvTag> Found)> waits = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim stop = new();
    private readonly string url;
    private readonly LiveRecorderOptions options;
    private Process? reader;
    private bool received;
    private string lastWords = "connected, nothing received";

    private LiveRecorder(string url, LiveRecorderOptions options)
    {
        (this.url, this.options) = (url, options);
        FirstVideo = UntilAsync(t => t is { IsAvc: true, PacketType: 1 });
    }

    /// <summary>Ends when the stream ended, the reader was stopped, or the stream did not appear in time. Never faults.</summary>
    public Task Ended => ended.Task;

    /// <summary>The first picture. Cancelled if the recording ends without one.</summary>
    public Task<FlvTag> FirstVideo { get; }

    /// <summary>Why the recording ended without media or broke, or null. The URL is not in it.</summary>
    public string? Fault { get; private set; }

    /// <summary>Starts reading at once.</summary>
    public static LiveRecorder Start(string url, LiveRecorderOptions? options = null)
    {
        StandstillWitness.Begin();
        var recorder = new LiveRecorder(url, options ?? new());
        new Thread(recorder.Run) { IsBackground = true, Name = "live-recorder", Priority = ThreadPriority.AboveNormal }.Start();
        return recorder;
    }

    /// <summary>What was received until now.</summary>
    public Recording Snapshot()
    {
        lock (guard)
            return Recording.FromTags(tags);
    }

    /// <summary>The first tag, past or future, that meets a condition. Cancelled if the recording ends without it.</summary>
    public Task<FlvTag> UntilAsync(Func<FlvTag, bool> predicate)
    {
        lock (guard)
        {
            if (tags.Find(t => predicate(t)) is { } known)
                return Task.FromResult(known);
            var found = new TaskCompletionSource<FlvTag>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (ended.Task.IsCompleted)
                found.SetCanceled();
            else
                waits.Add((predicate, found));
            return found.Task;
        }
    }

    /// <summary>As <see cref="UntilAsync(Func{FlvTag, bool})"/>; throws <see cref="TimeoutException"/> when the time is up.</summary>
    public Task<FlvTag> UntilAsync(Func<FlvTag, bool> predicate, TimeSpan timeout) => UntilAsync(predicate).WaitAsync(timeout);

    /// <summary>Kills the reader and returns what was received.</summary>
    public async Task<Recording> StopAsync()
    {
        stop.Set();
        lock (guard)
            KillReader();
        await Ended.ConfigureAwait(false);
        return Snapshot();
    }

    /// <summary>Stops, if that has not been done.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private void Run()
    {
        try
        {
            using var file = options.FilePath is null ? null : File.Create(options.FilePath);
            using var deadline = new Timer(_ => GiveUp(), null, options.WaitForStream, Timeout.InfiniteTimeSpan);
            do
                ReadStream(file);
            while (!received && !stop.Wait(RetryPause));
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception)
        {
            Fault = e.Message;
        }
        finally
        {
            End();
        }
    }

    // A server may refuse a reader while there is no publisher, or let it wait without a word.
    private void GiveUp()
    {
        lock (guard)
        {
            if (received || stop.IsSet)
                return;
            Fault = $"the stream did not appear within {options.WaitForStream.TotalSeconds} s: {lastWords}";
            stop.Set();
            KillReader();
        }
    }

    // One connection, to its end.
    private void ReadStream(FileStream? file)
    {
        using var process = StartReader();
        if (process is null)
            return;
        var errors = process.StandardError.ReadToEndAsync();
        file?.SetLength(0);
        var flv = new FlvReader();
        var stamped = process.StandardOutput.BaseStream;
        var head = new byte[sizeof(long) + sizeof(int)];
        try
        {
            while (stamped.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
            {
                var piece = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(sizeof(long)))];
                // Killed in the middle of a piece: its beginning is no stream's.
                if (stamped.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false) < piece.Length)
                    break;
                foreach (var tag in flv.Feed(piece, BinaryPrimitives.ReadInt64LittleEndian(head)))
                    Add(tag);
                file?.Write(piece);
            }
        }
        finally
        {
            lock (guard)
                KillReader();
            process.WaitForExit();
        }

        lastWords = FirstLine(errors.Result);
        if (received)
            Fault ??= flv.Fault;
    }

    private Process? StartReader()
    {
        // setpriv: the reader goes with this thread, even if the test host is killed, and the one with the other.
        string[] withParent = ["setpriv", "--pdeathsig", "KILL"];
        string[] command =
        [
            .. withParent, "setsid", "python3", Path.Combine(AppContext.BaseDirectory, "stamp.py"),
            .. withParent, "gst-launch-1.0", "-q", "rtmp2src", $"location={url}", "!", "fdsink", "fd=1", "sync=false", "async=false",
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        lock (guard)
        {
            tags.Clear();
            return stop.IsSet ? null : reader = Process.Start(start);
        }
    }

    // Under the guard.
    private void KillReader()
    {
        reader?.Kill(entireProcessTree: true);
        reader = null;
    }

    private void Add(FlvTag tag)
    {
        lock (guard)
        {
            tags.Add(tag);
            // Servers send script data to readers who wait, too.
            received |= tag.Type != FlvTagType.Script;
            foreach (var wait in waits.Where(w => w.Predicate(tag)).ToList())
            {
                wait.Found.SetResult(tag);
                waits.Remove(wait);
            }
        }
    }

    private void End()
    {
        lock (guard)
        {
            // Who sees the end is to see these ended, too.
            foreach (var wait in waits)
                wait.Found.SetCanceled();
            waits.Clear();
            ended.SetResult();
        }
    }

    private string FirstLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("the reader ended without a word").Replace(url, "***", StringComparison.Ordinal);
}
