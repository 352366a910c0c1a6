using System.Globalization;
using System.Text.Json.Nodes;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.EndToEnd.Tests.Faults;

/// <summary>Spoils the line to an STS server, and the server itself, one fault after another: which, when and for how long follows from the
/// seed alone.</summary>
internal sealed class RandomFaults : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, string?> _environment;
    private readonly Random _random;
    private readonly List<string> _done = [];
    private readonly (string Name, Func<TimeSpan, Task> Do)[] _faults;

    private RandomFaults(int seed, EchoSts echo, IReadOnlyDictionary<string, string?> environment)
    {
        (_random, _environment, Echo) = (new Random(seed), environment, echo);
        Proxy = FaultProxy.Start(echo.Url);
        _faults =
        [
            ("reset", _ => Ended(LineEnd.Reset)),
            ("closed", _ => Ended(LineEnd.Finish)),
            ("half open", _ => Ended(LineEnd.Silence)),
            ("late", time => Line(new LineFaults { Latency = Upto(3), Jitter = Upto(1) }, time)),
            ("slow", time => Line(new LineFaults { BytesPerSecond = _random.Next(2_000, 60_000) }, time)),
            ("byte by byte", time => Line(new LineFaults { SegmentBytes = 1 }, time)),
            ("reset, then refused", time => Unreachable(Proxy.Refuse, Proxy.Listen, time)),
            ("reset, then never answered", time => Unreachable(LineFaults.None with { Silent = SilentFrom.Accept }, time)),
            ("reset, then silent WebSockets", time => Unreachable(LineFaults.None with { Silent = SilentFrom.HttpAnswer }, time)),
            ("reset, then HTTP 502", time => Unreachable(LineFaults.None with { HttpStatus = 502 }, time)),
            ("server stopped", Stopped),
            ("server killed", Killed),
            ("results late", time => Modes(time, """{"processing_delay":{"min_ms":0,"max_ms":6000}}""")),
            ("results out of order", time => Modes(time, """{"out_of_order":true}""")),
            ("never answered", time => Modes(time, """{"silent":"all"}""")),
            ("session lost", time => Modes(time, """{"lose_session":true}""")),
            ("told to pause", time => Modes(time, """{"backpressure":{"severity":"high","action":"pause","recommended_delay_ms":2000}}""")),
            ("garbage", time => Modes(time, """{"garbage":["malformed","broken_packet","truncated_base64","undecodable_audio","no_audio","duplicate"]}""")),
        ];
    }

    /// <summary>The line.</summary>
    public FaultProxy Proxy { get; }

    /// <summary>The server.</summary>
    public EchoSts Echo { get; private set; }

    /// <summary>What was done, with times.</summary>
    public IReadOnlyList<string> Done
    {
        get
        {
            lock (_done)
                return [.. _done];
        }
    }

    /// <summary>Starts the server and the line to it, both good so far.</summary>
    public static async Task<RandomFaults> Start(int seed, IReadOnlyDictionary<string, string?> environment) =>
        new(seed, await EchoSts.Start(environment: environment), environment);

    /// <summary>One fault after another, each for up to 5 s, with up to 8 s of good line between them. What is under way at the end of the
    /// time is mended before it returns.</summary>
    public async Task Run(TimeSpan time)
    {
        var end = DateTimeOffset.UtcNow + time;
        while (true)
        {
            var pause = Upto(8);
            var (name, fault) = _faults[_random.Next(_faults.Length)];
            var duration = Upto(5);
            if (DateTimeOffset.UtcNow + pause + duration > end)
                return;
            // The schedule is the seed's, by the clock; nothing is waited for.
            await Task.Delay(pause);
            lock (_done)
                _done.Add(string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:HH:mm:ss.f} {name}, {duration.TotalSeconds:0.0} s"));
            await fault(duration);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Echo.DisposeAsync();
    }

    private TimeSpan Upto(double seconds) => TimeSpan.FromSeconds(seconds * _random.NextDouble());

    private Task Ended(LineEnd how)
    {
        Proxy.End(how);
        return Task.CompletedTask;
    }

    private async Task Line(LineFaults faults, TimeSpan time)
    {
        Proxy.Faults = faults;
        await Task.Delay(time);
        Proxy.Faults = LineFaults.None;
    }

    private Task Unreachable(LineFaults faults, TimeSpan time) =>
        Unreachable(() => Proxy.Faults = faults, () => Proxy.Faults = LineFaults.None, time);

    private async Task Unreachable(Action begin, Action end, TimeSpan time)
    {
        begin();
        Proxy.End(LineEnd.Reset);
        await Task.Delay(time);
        end();
    }

    private async Task Stopped(TimeSpan time)
    {
        Echo.Process.Signal(UnixSignal.Stop);
        await Task.Delay(time);
        Echo.Process.Signal(UnixSignal.Continue);
    }

    private async Task Killed(TimeSpan time)
    {
        Echo.Process.Signal(UnixSignal.Kill);
        await Task.Delay(time);
        await Echo.DisposeAsync();
        Echo = await EchoSts.Start(Echo.Url.Port, _environment);
    }

    private async Task Modes(TimeSpan time, string modes)
    {
        await Echo.SetModes(JsonNode.Parse(modes)!.AsObject());
        await Task.Delay(time);
        await Echo.ResetModes();
    }
}
