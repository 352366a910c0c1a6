using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>What must hold for any interleaving of results, losses, duplicates, disconnects and clock steps.</summary>
public sealed class StsSessionRandomTests
{
    private const int Steps = 300;
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(250);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_fragment_is_decided_once_in_time_and_the_limit_holds(int seed)
    {
        var random = new Random(seed);
        await using var it = new SessionFixture();
        var submitted = new List<Fragment>();
        it.Session.Start();
        ScriptedTransport link = await it.Server.NextAsync();
        for (int step = 0; step < Steps; step++)
        {
            if (it.Server.HasNext)
                link = await it.Server.NextAsync();
            if (random.Next(3) == 0)
                submitted.Add(it.Submit(0.5 + random.NextDouble() * 12));
            if (submitted.Count > 0)
                Act(random, link, submitted[random.Next(Math.Max(0, submitted.Count - 8), submitted.Count)]);
            await it.AdvanceAsync(ClockStep.TotalMilliseconds);
            Check(it, submitted);
        }

        await Recovers(it, link, submitted);
    }

    // Whatever was before: a server that is well again is used again, after its pauses and the breaker's.
    private static async Task Recovers(SessionFixture it, ScriptedTransport link, List<Fragment> submitted)
    {
        List<Fragment> well = [];
        for (int step = 0; step < Steps && !it.Events.All<FragmentDecided>().Any(IsDubbed); step++)
        {
            if (it.Server.HasNext)
                link = await it.Server.NextAsync();
            SessionFixture.Ready(link, 3);
            link.Push("backpressure", """{"action":"none"}""");
            if (step % 8 == 0)
                well.Add(it.Submit(10));
            // An answer to what has not been sent counts for nothing.
            foreach (Fragment fragment in well.Where(fragment => it.DecisionOf(fragment) == null))
                SessionFixture.Succeed(link, fragment);
            await it.AdvanceAsync(ClockStep.TotalMilliseconds);
            Check(it, [.. submitted, .. well]);
        }

        Assert.Contains(it.Events.All<FragmentDecided>(), IsDubbed);

        bool IsDubbed(FragmentDecided decided) => decided.Decision.Outcome == Outcome.Dubbed && well.Contains(decided.Decision.Fragment);
    }

    private static void Act(Random random, ScriptedTransport link, Fragment fragment)
    {
        switch (random.Next(40))
        {
            case < 16:
                SessionFixture.Succeed(link, fragment);
                break;
            case < 20:
                SessionFixture.Fail(link, fragment, "GPU_OOM", true);
                break;
            case < 22:
                SessionFixture.Fail(link, fragment, "MALFORMED_DATA");
                break;
            case < 24:
                link.Push("fragment:ack", $$"""{"fragment_id":"{{fragment.Id}}","status":"queued"}""");
                break;
            case < 26:
                link.Push("error", $$"""{"code":"QUEUE_FULL","severity":"error","fragment_id":"{{fragment.Id}}","retryable":true}""");
                break;
            case 26:
                link.Push("error", """{"code":"STREAM_NOT_FOUND"}""");
                break;
            case 27:
                link.Push("backpressure", """{"action":"pause","recommended_delay_ms":3000}""");
                break;
            case 28:
                link.Push("backpressure", """{"action":"slow_down","recommended_delay_ms":700}""");
                break;
            case 29:
                link.Push("backpressure", """{"action":"none"}""");
                break;
            case 30:
                link.Push("fragment:processed", """{"fragment_id":"nobody","status":{}}""");
                break;
            case 31:
                link.Drop("random loss");
                break;
            default:
                SessionFixture.Ready(link, random.Next(1, 4));
                break;
        }
    }

    private static void Check(SessionFixture it, List<Fragment> submitted)
    {
        StsSnapshot now = it.Session.Snapshot;
        Assert.InRange(now.Waiting, 0, 33);
        Assert.All(it.Events.All<FragmentSent>(), sent => Assert.InRange(sent.Inflight, 1, 3));
        Assert.InRange(now.Inflight, 0, 3);
        HashSet<string> decided = [.. it.Events.All<FragmentDecided>().Select(happened => happened.Decision.Fragment.Id)];
        long overdue = it.Time.GetTimestamp();
        Assert.All(submitted, fragment => Assert.True(fragment.Deadline > overdue || decided.Contains(fragment.Id), $"{fragment.Id} is overdue"));
    }
}
