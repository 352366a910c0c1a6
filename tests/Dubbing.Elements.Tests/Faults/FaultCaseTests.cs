using Dubbing.Testing.Measure;
using Dubbing.Testing.Processes;

namespace Dubbing.Elements.Tests.Faults;

/// <summary>Whatever happens between client and server: the output never notices, each fragment that was cut is decided, and nothing is left
/// behind. All cases play side by side, once, through whole pipelines in real time.</summary>
[Collection(nameof(FaultCollection))]
public sealed class FaultCaseTests(FaultCaseTests.Played played, ITestOutputHelper output) : IClassFixture<FaultCaseTests.Played>
{
    // After the last picture's time the longest delay of a case is played out: fragment, timeout and margin.
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(1 + 2.5 + 1);

    // Until EOS has gone through everything, on a loaded machine.
    private static readonly TimeSpan s_ending = TimeSpan.FromSeconds(3);

    public static TheoryData<string> Names { get; } = [.. FaultCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fault_costs_no_more_than_fragments(string name)
    {
        var (result, failure) = played.Results[name];
        if (failure is not null)
            throw new InvalidOperationException($"{name} did not come to its end", failure);
        output.WriteLine(result!.ToString());
        output.WriteLine(string.Join(' ', result.Outcomes));
        output.WriteLine($"the machine stood still for up to {played.Stall.TotalMilliseconds:0} ms");

        var audio = AudioCheck.Run(result.Recording);
        Assert.True(audio.Ok, $"{audio} ({string.Join(", ", audio.Figures)})");
        Assert.InRange(result.Recording.Video.Count, result.Pictures - 1, result.Pictures);
        Assert.InRange(result.EndedAfter, TimeSpan.Zero, s_longestDelay + s_ending);

        Assert.Equal(result.Cut.Select(m => (m.Index, m.Text("fragment-id"))), result.Decided.Select(m => (m.Index, m.Text("fragment-id"))));
        Assert.Equal(Enumerable.Range(0, result.Cut.Count), result.Cut.Select(m => m.Index));
        Assert.Equal(0, (int)result.Summary["inflight_violations"]!);
        if (!result.Case.MayViolate)
            Assert.Equal("{}", result.Summary["violations"]!.ToJsonString());
        result.Case.Expect(result);
    }

    [Fact]
    public void Nothing_is_left_when_all_are_gone()
    {
        output.WriteLine($"before: {played.Before.ThreadCount} threads, {played.Before.FileCount} files; {played.Results.Count} cases; left: '{played.Left}'");
        Assert.Equal("", played.Left);
    }

    /// <summary>All cases, played once for all tests.</summary>
    public sealed class Played : IAsyncLifetime
    {
        // Whether a result comes in time can't be judged where nothing runs for a good part of the server's budget: once more, then.
        private const int Attempts = 3;
        private static readonly TimeSpan s_noJudging = TimeSpan.FromMilliseconds(500);

        internal TimeSpan Stall { get; private set; }

        internal IReadOnlyDictionary<string, (FaultResult? Result, Exception? Failure)> Results { get; private set; } = null!;

        internal ProcessResources Before { get; private set; } = null!;

        internal string Left { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            await using var servers = await FaultServers.Start();
            // What is made once and kept is made by a first round.
            await FaultLab.PlayAndStop(servers, [.. FaultCases.All.Take(2)], 0, TimeSpan.FromSeconds(2));
            Before = await Leftovers.AtRest();
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                await using var witness = new StallWitness();
                Results = await FaultLab.RunToTheEnd(servers, FaultCases.All, attempt);
                Stall = witness.Longest;
                if (Stall < s_noJudging)
                    break;
            }

            Left = await Leftovers.Beyond(Before);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
