using System.Buffers;
using System.Collections.Concurrent;
using Dubbing.Elements.Audio;
using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;
using Dubbing.Elements.Tests.Audio;
using Dubbing.Elements.Tests.Sts;

namespace Dubbing.Elements.Tests.Sessions;

public sealed class DubSessionTests : IDisposable
{
    private static readonly SourceSettings Settings = new() { Session = "demo", Url = "http://127.0.0.1:1", Linger = 60000 };
    private static readonly Pcm Format = new(48000, 2);

    private readonly ScriptedServer _server = new();
    private readonly RecordingFactory _transports;
    private readonly DubSession _session;

    public DubSessionTests()
    {
        TestPipeline.EnsureElements();
        _transports = new RecordingFactory(_server);
        _session = new DubSession("demo", TimeProvider.System, _transports);
    }

    public static TheoryData<string> Changes => ["url", "key", "language", "fragment"];

    // Also after a test that failed half-way.
    public void Dispose() => _ = _session.DetachAsync(ended: true);

    [Fact]
    public async Task A_lingering_exchange_goes_on_with_the_next_source_which_learns_its_state()
    {
        var first = await PlayAsync(Settings);
        Assert.True(_session.DetachAsync(ended: false).IsCompleted);
        var second = new Source();
        _session.Attach(second, Settings with { Fallback = FallbackMode.Duck, Margin = 2000, Linger = 50000 });
        Assert.Equal(new StateChanged(StsState.Ready, "taken up again", 0), Assert.Single(second.Told));
        // Meanwhile the server needs nothing ready for it.
        await first.ExpectAsync("stream:pause");
        await first.ExpectAsync("stream:resume");
        Cut();
        Assert.Equal(1, (await first.ExpectAsync("fragment:data")).GetProperty("sequence_number").GetInt32());
        Assert.Single(_transports.Options);
        await EndAsync(first);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Other_settings_begin_another_exchange_and_the_old_one_ends_unheard(string change)
    {
        var first = await PlayAsync(Settings);
        _ = _session.DetachAsync(ended: false);
        var second = new Source();
        _session.Attach(second, change switch
        {
            "url" => Settings with { Url = "http://127.0.0.1:2" },
            "key" => Settings with { ApiKey = "k-456" },
            "language" => Settings with { TargetLanguage = "fr" },
            _ => Settings with { FragmentDuration = 4000 },
        });
        await first.ExpectAsync("stream:pause");
        await first.ExpectAsync("stream:end");
        first.Drop("the server goes too");
        var next = await _server.NextAsync();
        Assert.NotEqual(_transports.Options.First(), _transports.Options.Last());
        _session.BeginRun(Format);
        Cut();
        await next.ExpectAsync("stream:init");
        Assert.DoesNotContain(second.Told, happened => happened is StateChanged { State: StsState.Ended or StsState.Ready or StsState.Disconnected });
        await EndAsync(next);
    }

    [Fact]
    public async Task An_end_of_an_empty_input_is_remembered_until_a_run_begins_and_no_longer()
    {
        _session.Attach(new Source(), Settings);
        var link = await _server.NextAsync();
        _session.EndEmptyInput();
        _session.BeginRun(Format);
        Assert.Equal(PlayoutResult.Eos, _session.Read(new short[960], () => false, out _, out _, out _));
        await _session.DetachAsync(ended: true);
        _session.Attach(new Source(seconds: 30), Settings);
        _session.BeginRun(Format);
        // Half a minute of silence is due: an end would come first.
        Assert.Equal(PlayoutResult.Data, _session.Read(new short[960], () => false, out _, out _, out _));
        link.Drop("over");
        await EndAsync(await _server.NextAsync());
    }

    [Theory]
    [InlineData("a b c", "a b c")]
    [InlineData("a b c", "c b a")]
    [InlineData("a b c", "b a c")]
    [InlineData("a b c d", "c a d b")]
    [InlineData("a b c d", "d c b a")]
    public async Task Fragments_that_are_finished_in_any_order_are_cut_in_theirs(string begun, string finished)
    {
        _session.Attach(new Source(), Settings);
        var link = await _server.NextAsync();
        _session.BeginRun(Format);
        var file = M4aFile.Make(48000, 2, 60);
        string[] owners = begun.Split(' ');
        var starts = owners.Index().ToDictionary(owner => owner.Item, owner => (ulong)owner.Index * 1_280_000_000);
        var cut = new List<ulong>();
        foreach (var owner in owners)
        {
            foreach (var (pts, frame) in file.Frames)
                _session.AppendFrame(owner, starts[owner] + pts, frame);
        }
        foreach (var owner in finished.Split(' ').Select(name => owners.Single(owner => owner == name)))
            Assert.True(_session.CloseFragment(owner, Mp4Audio.Parse(file.Image), new ReadOnlySequence<byte>(file.Image), fragment => cut.Add(fragment.StartTime)));
        Assert.Equal(starts.Values, cut);
        await EndAsync(link);
    }

    /// <summary>As without <c>livetimestamper</c>, which maps timestamps before: a publisher that begins anew.</summary>
    [Fact]
    public async Task Where_timestamps_fall_back_fragments_go_on_in_place_and_in_time()
    {
        var source = new Source(seconds: 60);
        _session.Attach(source, Settings);
        var link = await _server.NextAsync();
        _session.BeginRun(Format);
        var file = M4aFile.Make(48000, 2, 60);
        var cut = new List<Fragment>();
        foreach (var start in (ulong[])[60_000_000_000, 61_280_000_000, 10_000_000_000, 11_280_000_000])
        {
            foreach (var (pts, frame) in file.Frames)
                _session.AppendFrame(this, start + pts, frame);
            Assert.True(_session.CloseFragment(this, Mp4Audio.Parse(file.Image), new ReadOnlySequence<byte>(file.Image), cut.Add));
        }
        Assert.Equal([60_000_000_000, 61_280_000_000, 62_560_000_000, 63_840_000_000], cut.Select(fragment => fragment.StartTime));
        Assert.All(cut.Zip(cut.Skip(1)), pair => Assert.InRange((pair.Second.Deadline - pair.First.Deadline) / (double)TimeProvider.System.TimestampFrequency, 1.2, 1.8));
        var jump = Assert.Single(source.Told.OfType<InputDiscontinuity>());
        Assert.Equal(-52.56, jump.Step / 1e9, 3);
        await EndAsync(link);
    }

    [Fact]
    public async Task What_is_told_adds_up()
    {
        var link = await PlayAsync(Settings);
        Assert.Equal((1ul, 1ul, 0ul), (Count("cut"), Count("sent"), Count("acked")));
        Assert.True(Count("bytes-sent") > 1000);
        await EndAsync(link);
    }

    [Fact]
    public async Task A_source_that_has_finished_hears_the_late_result_and_the_end_until_it_is_dismissed()
    {
        var source = new Source();
        var link = await PlayAsync(Settings, source);
        var id = source.Told.OfType<FragmentSent>().Single().Fragment.Id;
        var ended = _session.FinishAsync(ends: true);
        await link.ExpectAsync("stream:end");
        link.Push("fragment:processed", $$"""{"fragment_id":"{{id}}","stream_id":"demo","sequence_number":0,"status":"success","dubbed_audio": { "data_base64":"CQgH" } }""");
        Assert.Equal("received", (await link.ExpectAsync("fragment:ack")).GetProperty("status").GetString());
        link.Push("stream:complete", """{"stream_id":"demo","total_fragments":1}""");
        await ended.WaitAsync(ScriptedServer.Limit, TestContext.Current.CancellationToken);
        Assert.True(Assert.Single(source.Told.OfType<FragmentProcessed>()).Late);
        Assert.Equal(StsState.Ended, source.Told.OfType<StateChanged>().Last().State);
        Assert.Equal((1ul, 1ul), (Count("processed"), Count("late")));

        var next = new Source();
        link = await PlayAsync(Settings, next);
        ended = _session.FinishAsync(ends: true);
        _session.Dismiss(next);
        var told = next.Told.Count;
        await link.ExpectAsync("stream:end");
        link.Push("stream:complete", """{"stream_id":"demo"}""");
        await ended.WaitAsync(ScriptedServer.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(told, next.Told.Count);
    }

    [Fact]
    public async Task One_that_lingers_after_its_end_is_taken_up_again_or_ended()
    {
        var settings = Settings with { Linger = 60_000, LingerAtEos = true };
        var source = new Source();
        var link = await PlayAsync(settings, source);
        Assert.True(_session.FinishAsync(ends: false).IsCompleted);
        await link.ExpectAsync("stream:pause");
        _session.Dismiss(source);

        var next = new Source();
        _session.Attach(next, settings);
        Assert.Equal("taken up again", Assert.Single(next.Told.OfType<StateChanged>()).Reason);
        await link.ExpectAsync("stream:resume");
        Assert.True(_session.FinishAsync(ends: false).IsCompleted);
        await link.ExpectAsync("stream:pause");
        _session.Dismiss(next);
        var ended = _session.EndLingeringAsync("no more comes");
        Assert.Equal("no more comes", (await link.ExpectAsync("stream:end")).GetProperty("reason").GetString());
        link.Push("stream:complete", """{"stream_id":"demo","total_fragments":1}""");
        await ended.WaitAsync(ScriptedServer.Limit, TestContext.Current.CancellationToken);
        Assert.True(_session.EndLingeringAsync("again").IsCompleted);
        Assert.False(_server.HasNext);
    }

    [Fact]
    public async Task A_source_that_throws_costs_no_end()
    {
        _session.Attach(new Source { Fault = new InvalidTimeZoneException("mine") }, Settings);
        var link = await _server.NextAsync();
        await EndAsync(link);
        link = await PlayAsync(Settings);
        await EndAsync(link);
    }

    [Fact]
    public async Task The_original_that_is_waited_for_leaves_as_soon_as_it_is_decoded()
    {
        // The resampler's last samples come out half a second after the input paused; they would be due in a minute.
        _session.Attach(new Source(), Settings with { FragmentDuration = 60000 });
        var link = await _server.NextAsync();
        Cut(28, 44100);
        var played = Task.Run(() =>
        {
            var piece = new short[960 * Format.Channels];
            for (long left = 28 * 1024 * 48000L / 44100; left > 0;)
            {
                Assert.Equal(PlayoutResult.Data, _session.Read(piece, () => false, out _, out var count, out _));
                left -= count;
            }
        }, TestContext.Current.CancellationToken);
        await played.WaitAsync(ScriptedServer.Limit, TestContext.Current.CancellationToken);
        await EndAsync(link);
    }

    [Theory]
    [InlineData(600, 28, true)]
    [InlineData(6000, 28, false)]
    [InlineData(6000, 47, true)]
    public async Task A_rest_is_not_sent_but_a_fragment_of_nominal_length_is(uint nominalMs, int frames, bool isSent)
    {
        var source = new Source();
        _session.Attach(source, Settings with { FragmentDuration = nominalMs });
        var link = await _server.NextAsync();
        Cut(frames);
        if (isSent)
        {
            await link.ExpectAsync("stream:init");
            SessionFixture.Ready(link);
            await link.ExpectAsync("fragment:data");
        }
        else
        {
            Assert.True(await Task.Run(() => SpinWait.SpinUntil(() => source.Told.Any(happened => happened is FragmentDecided), ScriptedServer.Limit)));
            Assert.Equal(FallbackReason.Short, Assert.Single(source.Told.OfType<FragmentDecided>()).Decision.Reason);
        }

        await EndAsync(link);
    }

    [Fact]
    public void Counts_tell_results_by_status_and_fallbacks_by_reason()
    {
        var fragment = PlayoutBench.Fragment(0) with { Image = new ReadOnlySequence<byte>(new byte[300]) };
        var counts = new SessionCounts();
        FragmentProcessed Result(string status, double slack, bool late = false) =>
            new(fragment, status, late, 0, TimeSpan.Zero, TimeSpan.FromSeconds(slack), null, null, 0);
        PlayedFragment Played(FallbackReason reason) =>
            new("", 0, reason == FallbackReason.None ? Outcome.Dubbed : Outcome.Fallback, reason, 0, 0);
        counts.AddCut();
        foreach (var happened in (StsEvent[])[new FragmentSent(fragment, 0, 1), new FragmentSent(fragment, 1, 1), new FragmentAcked(fragment, ""),
            Result("success", 3), Result("success", 2), Result("partial", -1, late: true), Result("failed", 5),
            new FragmentDecided(new FragmentDecision
            {
                Fragment = fragment,
                Outcome = Outcome.Dubbed,
                Audio = new DubbedAudio { Format = "", SampleRate = 0, Channels = 0, Data = new ReadOnlySequence<byte>(new byte[70]) },
            })])
            counts.Add(happened);
        foreach (var reason in (FallbackReason[])[FallbackReason.None, FallbackReason.None, FallbackReason.Timeout, FallbackReason.Late, FallbackReason.Late])
            counts.Add(Played(reason));
        var fields = counts.ToFields(StsMessages.Nick).ToDictionary(field => field.Name, field => field.Value);
        Assert.Equal(new Dictionary<string, object>
        {
            ["cut"] = 1ul,
            ["sent"] = 2ul,
            ["acked"] = 1ul,
            ["processed"] = 4ul,
            ["success"] = 2ul,
            ["partial"] = 1ul,
            ["failed"] = 1ul,
            ["late"] = 1ul,
            ["dubbed"] = 2ul,
            ["fallback"] = 3ul,
            ["fallback-timeout"] = 1ul,
            ["fallback-failed"] = 0ul,
            ["fallback-breaker_open"] = 0ul,
            ["fallback-disconnected"] = 0ul,
            ["fallback-backpressure"] = 0ul,
            ["fallback-invalid_audio"] = 0ul,
            ["fallback-late"] = 2ul,
            ["fallback-short"] = 0ul,
            ["bytes-sent"] = 600ul,
            ["bytes-received"] = 70ul,
            ["slack-min"] = -1_000_000_000L,
        }, fields);
    }

    private ulong Count(string name) => (ulong)_session.Counts.ToFields(StsMessages.Nick).Single(field => field.Name == name).Value;

    // A source that has sent one fragment.
    private async Task<ScriptedTransport> PlayAsync(SourceSettings settings, Source? source = null)
    {
        source ??= new Source();
        _session.Attach(source, settings);
        _session.BeginRun(Format);
        var link = await _server.NextAsync();
        Cut();
        await link.ExpectAsync("stream:init");
        SessionFixture.Ready(link);
        await link.ExpectAsync("fragment:data");
        // The server has it a moment before it is told that it was sent.
        Assert.True(await Task.Run(() => SpinWait.SpinUntil(() => source.Told.Any(happened => happened is FragmentSent), ScriptedServer.Limit)));
        return link;
    }

    private void Cut(int frames = 60, int rate = 48000)
    {
        var file = M4aFile.Make(rate, 2, frames);
        _session.BeginRun(Format);
        foreach (var (pts, frame) in file.Frames)
            _session.AppendFrame(this, pts, frame);
        Assert.True(_session.CloseFragment(this, Mp4Audio.Parse(file.Image), new ReadOnlySequence<byte>(file.Image), _ => { }));
    }

    private async Task EndAsync(ScriptedTransport link)
    {
        var ended = _session.DetachAsync(ended: true);
        link.Drop("over");
        await ended.WaitAsync(ScriptedServer.Limit, TestContext.Current.CancellationToken);
    }

    private sealed class Source(double seconds = 1) : ISessionSource
    {
        public ConcurrentQueue<StsEvent> Told { get; } = [];

        public ulong? RunningTime => (ulong)(seconds * 1e9);

        public Exception? Fault { get; init; }

        public void OnEvent(StsEvent happened)
        {
            Told.Enqueue(happened);
            if (Fault is not null)
                throw Fault;
        }
    }

    private sealed class RecordingFactory(ScriptedServer server) : IStsTransportFactory
    {
        public ConcurrentQueue<StsOptions> Options { get; } = [];

        public IStsTransport Create(StsOptions options)
        {
            Options.Enqueue(options);
            return server.Create(options);
        }
    }
}
