using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

public sealed class MeasureReportTests
{
    private static readonly MeasureReport Report = new(
    [
        new CheckResult("Video", true, new OrderedDictionary<string, double> { ["pictures"] = 900 }, []),
        new CheckResult("A/V", false, new OrderedDictionary<string, double> { ["pairs"] = 30, ["worst change ms"] = -21.33 }, ["too early"]),
    ]);

    [Fact]
    public void The_table_has_a_line_a_check_and_its_problems_below() => Assert.Equal(
        """
        Video  ok      pictures 900
        A/V    FAILED  pairs 30, worst change ms -21.33
                       too early

        """,
        Report.ToTable());

    [Fact]
    public void The_JSON_says_the_same()
    {
        using var json = System.Text.Json.JsonDocument.Parse(Report.ToJson());
        Assert.False(json.RootElement.GetProperty("ok").GetBoolean());
        var av = json.RootElement.GetProperty("lines")[1];
        Assert.Equal("A/V", av.GetProperty("name").GetString());
        Assert.Equal(-21.33, av.GetProperty("figures").GetProperty("worst change ms").GetDouble());
        Assert.Equal("too early", av.GetProperty("problems")[0].GetString());
    }
}
