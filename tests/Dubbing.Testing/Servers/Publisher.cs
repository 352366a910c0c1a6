using System.Globalization;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Servers;

/// <summary>A process that publishes a file live, at its own pace, without touching the packets: ffmpeg, or where the publisher's clock matters
/// <c>tools/rtmp-publisher</c>.</summary>
public sealed class Publisher : IAsyncDisposable
{
    /// <summary>Loops for <see cref="Start(string, string, int, TimeSpan)"/> that don't end.</summary>
    public const int Forever = -1;

    private Publisher(ChildProcess process) => Process = process;

    /// <summary>The process itself: SIGKILL is a lost publisher, SIGSTOP a stalled one.</summary>
    public ChildProcess Process { get; }

    /// <summary>When it was started (<see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>); its first packet follows within some 100 ms.</summary>
    public long StartedAt => Process.StartedAt;

    /// <summary>Completes when everything is published, or it failed, with its exit code.</summary>
    public Task<int> Finished => Process.Exited;

    /// <summary>Starts publishing.</summary>
    /// <param name="file">H.264 and AAC in any container.</param>
    /// <param name="url"><c>rtmp://…</c> (a query is passed on) or <c>rtsp://…</c>.</param>
    /// <param name="loops">How often the file is repeated after its end; <see cref="Forever"/>: until stopped. Timestamps run on.</param>
    /// <param name="seek">Where in the file to begin (at the key frame before it).</param>
    public static Publisher Start(string file, string url, int loops = 0, TimeSpan seek = default)
    {
        if (!File.Exists(file))
            throw new FileNotFoundException($"There is no file {file} to publish.", file);
        string[] output = url.StartsWith("rtsp:", StringComparison.Ordinal)
            ? ["-f", "rtsp", "-rtsp_transport", "tcp"]
            : ["-f", "flv", "-flvflags", "no_duration_filesize"];
        string[] start = seek > TimeSpan.Zero ? ["-ss", seek.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)] : [];
        return new Publisher(ChildProcess.Start(
            Executables.Find("ffmpeg", "ffmpeg"),
            [
                "-nostdin", "-hide_banner", "-loglevel", "warning", "-re", "-stream_loop", $"{loops}", .. start, "-i", file, "-c", "copy",
                // Where a track has a hole ffmpeg would hold the other one back for 10 s.
                "-max_interleave_delta", "100000", .. output, url,
            ],
            name: "publisher"));
    }

    /// <summary>Starts publishing as one does whose clock is not ours.</summary>
    /// <param name="file">H.264 and AAC in FLV.</param>
    /// <param name="url"><c>rtmp://…</c>.</param>
    /// <param name="clock">How its time runs.</param>
    public static Publisher Start(string file, string url, PublisherClock clock) => new(ChildProcess.Start(
        "/usr/bin/python3",
        [
            Repository.PathTo("tools/rtmp-publisher/rtmp-publisher.py"),
            "--ppm", clock.Ppm.ToString(CultureInfo.InvariantCulture), "--first-timestamp", $"{clock.FirstTimestampMs}",
            .. clock.Jumps.SelectMany(jump => (string[])["--jump", $"{jump.At}", $"{jump.TimestampMs}"]),
            .. clock.Repeat is { } repeat ? ["--repeat", $"{repeat.Begin}", $"{repeat.End}", $"{repeat.Count}"] : Array.Empty<string>(),
            file, url,
        ],
        name: "publisher"));

    /// <summary>Ends it as an operator would: the stream is closed properly.</summary>
    public async Task Stop()
    {
        Process.Signal(UnixSignal.Interrupt);
        await Process.Exited.WaitAsync(ChildProcess.DefaultGrace);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
