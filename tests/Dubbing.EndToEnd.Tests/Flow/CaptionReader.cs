using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dubbing.Testing.Scenarios;

namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>Reads a stream's captions in both their forms and holds them against what was recorded.</summary>
internal static partial class CaptionReader
{
    // FLV timestamps are whole milliseconds, and so are cues.
    private const double Tolerance = 0.005;

    /// <summary>The cues of a WebVTT file.</summary>
    public static async Task<IReadOnlyList<(double Start, double End, string Text)>> VttAsync(Stage stage, string id, string track) =>
        [.. Cue().Matches(await stage.Service.Http.GetStringAsync(new Uri($"/v1/streams/{id}/captions.vtt?track={track}", UriKind.Relative)))
            .Select(cue => (Seconds(cue.Groups[1]), Seconds(cue.Groups[2]), cue.Groups[3].Value))];

    /// <summary>The captions as they come, until the stream ends.</summary>
    public static async Task<IReadOnlyList<JsonNode>> FollowAsync(Stage stage, string id)
    {
        using var bound = new CancellationTokenSource(FlowJudge.TakeLimit);
        using var answer = await stage.Service.Http.GetAsync(
            new Uri($"/v1/streams/{id}/captions", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, bound.Token);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(bound.Token));
        var captions = new List<JsonNode>();
        while (await lines.ReadLineAsync(bound.Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)) captions.Add(JsonNode.Parse(line[6..])!);
        }

        return captions;
    }

    /// <summary>Every fragment that was sent has its caption, in all forms, where its sound is in the recording.</summary>
    public static void Check(
        TakeResult result, IReadOnlyList<(double Start, double End)> places, IReadOnlyList<(double Start, double End, string Text)> original,
        IReadOnlyList<(double Start, double End, string Text)> translated, IReadOnlyList<JsonNode> events)
    {
        var sent = result.Fragments.Zip(places).Where(pair => (bool)pair.First["sent"]!).Select(pair => pair.Second).ToList();
        Assert.NotEmpty(sent);
        Assert.Equal(sent.Count, original.Count);
        foreach (var (place, (start, end, text)) in original.Index())
        {
            // Of the first one only what follows the first picture is there.
            Assert.Equal(Math.Max(0, sent[place].Start), start, Tolerance);
            Assert.Equal(sent[place].End, end, Tolerance);
            Assert.Equal($"[ECHO] fragment {place} (en)", text);
            Assert.Equal((start, end, $"[ECHO] fragment {place} (es)"), translated[place]);
            Assert.Equal((start, end), (Math.Round((double)events[place]["start"]!, 3), Math.Round((double)events[place]["end"]!, 3)));
            Assert.Equal((text, translated[place].Text), ((string?)events[place]["original"], (string?)events[place]["translated"]));
        }

        Assert.Equal(original.Count, events.Count);
    }

    private static double Seconds(Group time) => TimeSpan.ParseExact(time.Value, @"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture).TotalSeconds;

    [GeneratedRegex(@"^(\S+) --> (\S+)\n(.+)$", RegexOptions.Multiline)]
    private static partial Regex Cue();
}
