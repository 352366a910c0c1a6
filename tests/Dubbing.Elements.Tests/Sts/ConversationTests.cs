using System.Text.Json;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>Whole conversations in the two dialects that servers speak, written line by line in <c>conversations</c>.</summary>
public sealed class ConversationTests
{
    private const int Fragments = 3;

    [Theory]
    [InlineData("echo")]
    [InlineData("full")]
    public async Task A_conversation_in_a_servers_own_dialect_goes_as_written_and_without_a_fault(string dialect)
    {
        await using var it = new SessionFixture();
        it.Session.Start();
        ScriptedTransport link = await it.Server.NextAsync();
        Fragment[] fragments = [.. Enumerable.Range(0, Fragments).Select(_ => it.Submit(20))];
        string WithIds(string text) => fragments.Index().Aggregate(
            text, (named, fragment) => named.Replace($"\"F{fragment.Index}\"", $"\"{fragment.Item.Id}\"", StringComparison.Ordinal));
        Task? end = null;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Sts", "conversations", $"{dialect}.jsonl")))
        {
            JsonElement step = JsonDocument.Parse(WithIds(line)).RootElement;
            if (step.TryGetProperty("out", out JsonElement sent))
            {
                JsonElement payload = await link.ExpectAsync(sent.GetString()!);
                foreach (JsonProperty expected in step.GetProperty("payload").EnumerateObject())
                    Assert.Equal(expected.Value.ToString(), payload.GetProperty(expected.Name).ToString());
                Assert.Empty(await Schemas.FaultsAsync(sent.GetString()!, payload.GetRawText()));
            }
            else if (step.TryGetProperty("in", out JsonElement received))
                link.Push(received.GetString()!, step.GetProperty("payload").GetRawText());
            else if (step.TryGetProperty("wait_ms", out JsonElement wait))
            {
                await it.DrainAsync(link);
                await it.AdvanceAsync(wait.GetInt32());
            }
            else if (step.TryGetProperty("end", out JsonElement reason))
            {
                await it.DrainAsync(link);
                end = it.Session.EndAsync(reason.GetString()!, TimeSpan.FromSeconds(5));
            }
            else
            {
                await end!.Bounded();
                Assert.Equal(
                    step.GetProperty("decided").EnumerateArray().Select(decided => decided.GetString()),
                    it.Events.All<FragmentDecided>().Select(decided =>
                        decided.Decision.Outcome == Outcome.Dubbed ? "dubbed" : decided.Decision.Reason.ToString()));
            }
        }

        Assert.NotNull(end);
        Assert.Empty(it.Events.All<ProtocolFault>());
        Assert.Equal(Fragments, Assert.Single(it.Events.All<StreamCompleted>()).TotalFragments);
    }
}
