using System.Text.Json.Nodes;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;
using Gst;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>A whole dubbing pipeline, from live test pictures and sound to an FLV file, through a bad line to an STS server.</summary>
internal sealed class FaultStream : IAsyncDisposable
{
    /// <summary>Length of a fragment, short so that tests are.</summary>
    public static readonly TimeSpan Fragment = TimeSpan.FromMilliseconds(1100);

    private const int PicturesPerSecond = 10;
    private const ulong Look = 50 * Clock.MSecond;

    // On top of what the stream lasts and its delay: the machine may be loaded.
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(20);

    // What says goodbye to a server that does not answer gives up after some seconds.
    private static readonly TimeSpan s_leaving = TimeSpan.FromSeconds(10);

    private readonly Gst.Pipeline _pipeline;
    private readonly Bus _bus;
    private readonly Task _watching;
    private readonly Lock _gate = new();
    private readonly List<FaultMessage> _messages = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopped;

    private FaultStream(string id, FaultCase @case, TimeSpan length, EchoSts echo, FaultProxy proxy, string file)
    {
        (Id, Case, Length, Echo, Proxy, File) = (id, @case, length, echo, proxy, file);
        _pipeline = Parse.Launch(Launch());
        _bus = _pipeline.Bus!;
        _watching = Task.Factory.StartNew(Watch, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The stream's id for the server.</summary>
    public string Id { get; }

    /// <summary>What goes wrong.</summary>
    public FaultCase Case { get; }

    /// <summary>How long pictures and sound last.</summary>
    public TimeSpan Length { get; }

    /// <summary>The server.</summary>
    public EchoSts Echo { get; private set; }

    /// <summary>The line to the server.</summary>
    public FaultProxy Proxy { get; }

    /// <summary>The recording.</summary>
    public string File { get; }

    /// <summary>Pictures that the recording must have.</summary>
    public int Pictures => (int)(Length.TotalSeconds * PicturesPerSecond);

    /// <summary>Unix time in ms of running time 0.</summary>
    public double ZeroUnixMs { get; private set; }

    /// <summary>What the elements have said so far.</summary>
    public IReadOnlyList<FaultMessage> Messages
    {
        get
        {
            lock (_gate)
                return [.. _messages];
        }
    }

    /// <summary>Starts a case's stream; on return it plays.</summary>
    /// <param name="id">The stream's id, not used before.</param>
    /// <param name="case">What goes wrong.</param>
    /// <param name="length">How long it lasts.</param>
    /// <param name="echo">The server; the stream's from now on if the case has one of its own.</param>
    /// <param name="file">The recording.</param>
    public static async Task<FaultStream> Start(string id, FaultCase @case, TimeSpan length, EchoSts echo, string file)
    {
        TestPipeline.EnsureElements();
        var stream = new FaultStream(id, @case, length, echo, FaultProxy.Start(echo.Url, @case.Refused), file);
        if (@case.Modes is { } modes)
            await stream.SetModes(modes);
        stream.Proxy.Faults = @case.Line;
        if (stream._pipeline.SetState(State.Playing) == StateChangeReturn.Failure)
            throw new InvalidOperationException($"{id} does not start");
        using var clock = stream._pipeline.Clock!;
        var now = DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch;
        stream.ZeroUnixMs = now.TotalMilliseconds - (double)(clock.Time - stream._pipeline.BaseTime) / Clock.MSecond;
        return stream;
    }

    /// <summary>Sets modes of the server for this stream alone.</summary>
    /// <param name="modes">As in the server's <c>POST /modes</c>.</param>
    public Task SetModes(string modes)
    {
        var json = JsonNode.Parse(modes)!.AsObject();
        json["stream_id"] = Id;
        return Echo.SetModes(json);
    }

    /// <summary>Kills the server, which must be this stream's alone, and starts it again at its address.</summary>
    public async Task RestartServer()
    {
        Echo.Process.Signal(UnixSignal.Kill);
        await Echo.DisposeAsync();
        Echo = await EchoSts.Start(Echo.Url.Port, FaultServers.Environment);
    }

    /// <summary>Waits until a fragment was sent to the server, or a later one.</summary>
    public Task Sent(int index, CancellationToken cancel) => Said("sts-fragment-sent", m => m.Index >= index, cancel);

    /// <summary>Waits until a fragment was cut, or a later one.</summary>
    public Task Cut(int index, CancellationToken cancel) => Said("sts-fragment-cut", m => m.Index >= index, cancel);

    /// <summary>Waits until the exchange is in a state, or was.</summary>
    public Task InState(string state, CancellationToken cancel) => Said("sts-state", m => m.Text("state") == state, cancel);

    /// <summary>Waits for a message, one of those already there included.</summary>
    public async Task Said(string name, Func<FaultMessage, bool> wanted, CancellationToken cancel)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_messages.Any(m => m.Name == name && wanted(m)))
                    return;
                more = _more.Task;
            }

            await more.WaitAsync(cancel);
        }
    }

    /// <summary>Waits until the recording has ended by itself.</summary>
    /// <returns>How long after the last picture's time that was.</returns>
    public async Task<TimeSpan> Ended()
    {
        await _ended.Task.WaitAsync(Length + s_slack);
        return TimeSpan.FromMilliseconds((DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds - ZeroUnixMs) - Length;
    }

    /// <summary>Stops at once, wherever it stands.</summary>
    public async ValueTask DisposeAsync()
    {
        _pipeline.SetState(State.Null);
        _stopped = true;
        await _watching;
        _bus.Dispose();
        _pipeline.Dispose();
        // By themselves: a proxy that is gone would end them all.
        await ClientsLeft();
        await Proxy.DisposeAsync();
        if (Case.Server == FaultServer.Own)
            await Echo.DisposeAsync();
    }

    private async Task ClientsLeft()
    {
        try
        {
            await Proxy.ClientsLeft().WaitAsync(s_leaving);
        }
        catch (TimeoutException e)
        {
            var said = Messages.Where(m => m.Name == "sts-state").Select(m => $"{m.Text("state")} ({m.Text("reason")})");
            throw new TimeoutException(
                $"{Id}: {Proxy.Open} of {Proxy.Accepted} connections are open {s_leaving.TotalSeconds} s after the stop; states: {string.Join(", ", said)}", e);
        }
    }

    private string Launch()
    {
        var url = Proxy.Url.ToString();
        return $"""
            videotestsrc is-live=true pattern=black num-buffers={Pictures} ! video/x-raw,width=64,height=48,framerate={PicturesPerSecond}/1
            ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 threads=1 ! h264parse
            ! queue max-size-time=60000000000 max-size-bytes=0 max-size-buffers=0 ! gate.video_sink
            audiotestsrc is-live=true samplesperbuffer=2400 num-buffers={2 * Pictures + 1} ! audio/x-raw,rate=48000,channels=1 ! voaacenc bitrate=64000 ! aacparse
            ! queue max-size-time=10000000000 max-size-bytes=0 max-size-buffers=0 ! cut.audio_0
            splitmuxsink name=cut max-size-time={Fragment.TotalNanoseconds:0} muxer="mp4mux movie-timescale=48000" sink="stssink session={Id}"
            stssrc session={Id} url={url} fragment-duration={Fragment.TotalMilliseconds:0} timeout=1500 margin=1000 encoder-delay=1600 breaker-threshold=100 {Case.Properties}
            ! audioconvert ! voaacenc bitrate=64000 ! queue max-size-time=10000000000 max-size-bytes=0 max-size-buffers=0 ! gate.audio_sink
            avgate name=gate gate.video_src ! mux.video gate.audio_src ! mux.audio
            flvmux name=mux streamable=true ! queue max-size-time=60000000000 max-size-bytes=0 max-size-buffers=0
            ! filesink location={File} sync=true async=false
            """.ReplaceLineEndings(" ");
    }

    private void Watch()
    {
        while (!_stopped)
        {
            using var message = _bus.TimedPopFiltered(Look, MessageType.Element | MessageType.Error | MessageType.Eos | MessageType.Latency);
            switch (message?.Type)
            {
                case MessageType.Element when message.Structure is { } said && said.Name.StartsWith("sts-", StringComparison.Ordinal):
                    Add(new FaultMessage(said.Name, said.ToDictionary()));
                    break;
                case MessageType.Latency:
                    _pipeline.RecalculateLatency();
                    break;
                case MessageType.Eos:
                    _ended.TrySetResult();
                    break;
                case MessageType.Error:
                    var (error, debug) = message.ParseError();
                    _ended.TrySetException(new InvalidOperationException($"{Id}: {error.Message} ({debug})"));
                    break;
            }
        }
    }

    private void Add(FaultMessage message)
    {
        lock (_gate)
        {
            _messages.Add(message);
            _more.TrySetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
