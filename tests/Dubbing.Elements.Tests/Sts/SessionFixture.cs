using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Dubbing.Elements.Sts;
using Microsoft.Extensions.Time.Testing;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>A session on an injected clock against a scripted server.</summary>
internal sealed class SessionFixture : IAsyncDisposable
{
    public const string AudioBase64 = "AQIDBA==";
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private int _sentinels;
    private long _index;

    public SessionFixture(Func<StsOptions, StsOptions>? change = null, Func<ScriptedServer, IStsTransportFactory>? transports = null)
    {
        var options = new StsOptions { Url = new Uri("http://127.0.0.1:1"), StreamId = "demo", WorkerId = "worker-1" };
        Session = new StsSession(change?.Invoke(options) ?? options, transports?.Invoke(Server) ?? Server, Time, Events.Add, () => 0.5);
    }

    public FakeTimeProvider Time { get; } = new(Start);

    public ScriptedServer Server { get; } = new();

    public EventLog Events { get; } = new(ScriptedServer.Limit);

    public StsSession Session { get; }

    /// <summary>A fragment of the nominal length whose deadline is that far away.</summary>
    public Fragment Fragment(double deadlineSeconds = 8.5, int durationMs = 6000, byte[]? image = null)
    {
        long index = _index++;
        return new Fragment
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{index:d12}"),
            Index = index,
            StartTime = (ulong)index * 6_000_000_000,
            Duration = (ulong)durationMs * 1_000_000,
            Image = new ReadOnlySequence<byte>(image ?? [9, 8, 7]),
            SampleRate = 48000,
            Channels = 2,
            Deadline = Time.GetTimestamp() + TimeSpan.FromSeconds(deadlineSeconds).Ticks,
        };
    }

    public Fragment Submit(double deadlineSeconds = 8.5)
    {
        Fragment fragment = Fragment(deadlineSeconds);
        Session.Submit(fragment);
        return fragment;
    }

    /// <summary>Connects and answers the first fragment's <c>stream:init</c>; that fragment is in flight.</summary>
    public async Task<(ScriptedTransport Link, Fragment First)> ReadyAsync(int confirmed = 3, double deadlineSeconds = 8.5)
    {
        Session.Start();
        ScriptedTransport link = await Server.NextAsync();
        Fragment first = Submit(deadlineSeconds);
        await link.ExpectAsync("stream:init");
        Ready(link, confirmed);
        await Events.StateAsync(StsState.Ready);
        await link.ExpectAsync("fragment:data");
        return (link, first);
    }

    public static void Ready(ScriptedTransport link, int confirmed = 3) =>
        link.Push("stream:ready", $$$"""{"stream_id":"demo","session_id":"s","max_inflight":{{{confirmed}}},"capabilities":{}}""");

    public static void Succeed(ScriptedTransport link, Fragment fragment, string status = "success") => link.Push(
        "fragment:processed",
        $$$$"""
        {"fragment_id":"{{{{fragment.Id}}}}","stream_id":"demo","status":"{{{{status}}}}","transcript":"one","translated_text":"uno","processing_time_ms":12,
        "dubbed_audio":{"format":"m4a","sample_rate_hz":44100,"channels":1,"duration_ms":6000,"data_base64":"{{{{AudioBase64}}}}"}}
        """);

    public static void Fail(ScriptedTransport link, Fragment fragment, string code, bool? retryable = null) => link.Push(
        "fragment:processed",
        $$$$"""
        {"fragment_id":"{{{{fragment.Id}}}}","status":"failed","dubbed_audio":null,"processing_time_ms":5,
        "error":{"code":"{{{{code}}}}","message":"no","retryable":{{{{(retryable is { } flag ? flag ? "true" : "false" : "null")}}}}}}
        """);

    /// <summary>The acknowledgement of that fragment's result is the next thing that the session sends.</summary>
    public static async Task ExpectAckAsync(ScriptedTransport link, Fragment fragment, string status)
    {
        JsonElement ack = await link.ExpectAsync("fragment:ack");
        Assert.Equal(fragment.Id, ack.GetProperty("fragment_id").GetString());
        Assert.Equal(status, ack.GetProperty("status").GetString());
    }

    public async Task AdvanceAsync(double milliseconds)
    {
        await Session.SettleAsync();
        Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        await Session.SettleAsync();
    }

    /// <summary>Everything that was pushed before has been handled.</summary>
    public async Task DrainAsync(ScriptedTransport link)
    {
        string code = $"SENTINEL-{_sentinels++}";
        link.Push("error", $$"""{"code":"{{code}}","severity":"warning"}""");
        await Events.NextAsync<ServerError>(error => error.Code == code);
        await Session.SettleAsync();
    }

    public async Task<FragmentDecision> DecidedAsync(Fragment fragment) =>
        (await Events.NextAsync<FragmentDecided>(decided => decided.Decision.Fragment.Id == fragment.Id)).Decision;

    public FragmentDecision? DecisionOf(Fragment fragment) =>
        Events.All<FragmentDecided>().Select(decided => decided.Decision).SingleOrDefault(decision => decision.Fragment.Id == fragment.Id);

    /// <summary>Ends the session; every fragment that was submitted must have exactly one decision.</summary>
    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync().AsTask().WaitAsync(ScriptedServer.Limit);
        StsSnapshot last = Session.Snapshot;
        string[] decided = [.. Events.All<FragmentDecided>().Select(happened => happened.Decision.Fragment.Id)];
        Assert.Equal(decided.Length, decided.Distinct().Count());
        Assert.Equal(last.Submitted, decided.Length);
        Assert.Equal(last.Submitted, last.Dubbed + last.Fallback);
        Assert.Equal(0, last.Undecided);
    }
}
