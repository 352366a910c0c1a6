using Gst;

namespace Dubbing.Pipeline.Tests.Launch;

/// <summary>Real gst_parse_launch must give every value back exactly, and build exactly the pipeline that the file describes.</summary>
public class HostileValueTests
{
    private const string Alphabet = "aZ0 \t\n\r\\\\\\\"\"''!=().;,:{}[]<>#$%&*~`@^|?/-_+äß€𝄞";
    private static readonly string[] _known =
    [
        "", " ", "a b", "\\", "a\\", "a\\\\", "a\\ ", "\"", "\"a\"", "'a'", "a\"", "a ! fakesink name=evil", "a\" ! fakesink name=evil \"",
        "a\\\" ! fakesink name=evil", "\\\" ! fakesink name=evil x=\\\"", "' ! fakesink name=evil '", "\n! fakesink name=evil\n", "NULL",
        "null", "${input}", "${input:-x}", "# comment", "name=evil", "(string)x", "a,b=c", "x.y", "fakesink", "%06d", "über ♥ 日本語",
        "\u0001\u007f", "\\040", "\"\\040\"", "a=b", "{ a }", "[ 1, 2 ]", "< a >", "rtmp://h/live/x?y=1&z=2", "a\\\n", "\"a b\" c",
    ];

    public HostileValueTests() => Application.Init();

    public static TheoryData<string> Templates =>
    [
        "fakesrc ! filesink name=victim location=${v} fakesrc name=next",
        "fakesrc name=next ! filesink name=victim location=${v}",
        "fakesrc name=next ! filesink name=victim location = ${v}",
        "fakesrc name=next ! filesink name=victim location=\"${v}\"",
        "fakesrc name=next ! filesink name=victim location='${v}'",
    ];

    [Theory]
    [MemberData(nameof(Templates))]
    public void A_value_comes_back_exactly_and_changes_nothing(string template)
    {
        var file = LaunchFile.Parse("t.launch", template);
        foreach (var value in Values())
        {
            using var pipeline = Launch(file, value);
            Assert.Equal(value, Location(pipeline, "victim") ?? "");
            AssertStructure(pipeline, "victim", "next");
        }
    }

    [Fact]
    public void A_value_inside_a_larger_one_comes_back_exactly()
    {
        var file = LaunchFile.Parse("t.launch", """fakesrc name=next ! filesink name=victim location="a b/${v}\\x/%06d ${v:-none}" """);
        foreach (var value in Values())
        {
            using var pipeline = Launch(file, value);
            Assert.Equal($"a b/{value}\\x/%06d {value}", Location(pipeline, "victim"));
            AssertStructure(pipeline, "victim", "next");
        }
    }

    [Theory]
    [InlineData("""splitmuxsink name=split sink="filesink name=victim location=${v}" fakesrc name=next""")]
    [InlineData("""splitmuxsink name=split sink="filesink location=${v} name=victim" fakesrc name=next""")]
    [InlineData("""fakesrc name=next splitmuxsink name=split sink='filesink name=victim location="${v}"'""")]
    public void A_value_in_a_nested_description_comes_back_exactly(string template)
    {
        var file = LaunchFile.Parse("t.launch", template);
        foreach (var value in Values())
        {
            using var pipeline = Launch(file, value);
            using var split = pipeline.GetByName("split")!;
            Assert.Equal(value, NestedElement.Read(split, "sink", "location") ?? "");
            using var next = pipeline.GetByName("next");
            using var evil = pipeline.GetByName("evil");
            Assert.NotNull(next);
            Assert.Null(evil);
        }
    }

    [Fact]
    public void A_number_comes_back_as_a_number()
    {
        using var pipeline = LaunchParser.Parse(
            LaunchFile.Parse("t.launch", "fakesrc ! queue name=q max-size-buffers=${v} ! fakesink"), Of("42"));
        using var queue = pipeline.GetByName("q")!;
        Assert.Equal(42u, queue.GetProperty("max-size-buffers"));
    }

    [Fact]
    public void A_value_that_the_property_can_not_take_is_an_error_with_its_line()
    {
        var error = Assert.Throws<LaunchException>(() => LaunchParser.Parse(
            LaunchFile.Parse("t.launch", "fakesrc !\nqueue max-size-buffers=${v} ! fakesink"), new Dictionary<string, PlaceholderValue> { ["v"] = new("s3cr3t x", true) }));
        Assert.StartsWith("t.launch:2: could not set property \"max-size-buffers\" in element \"queue", error.Message);
        Assert.DoesNotContain("s3cr3t", error.Message);
    }

    private static void AssertStructure(Gst.Pipeline pipeline, params string[] names)
    {
        foreach (var name in names)
        {
            using var element = pipeline.GetByName(name);
            Assert.NotNull(element);
        }

        using var evil = pipeline.GetByName("evil");
        Assert.Null(evil);
        var dot = pipeline.DebugToDot();
        Assert.DoesNotContain("GstFakeSink", dot);
    }

    private static Gst.Pipeline Launch(LaunchFile file, string value) => LaunchParser.Parse(file, Of(value));

    private static Dictionary<string, PlaceholderValue> Of(string value) => new() { ["v"] = value };

    private static string? Location(Gst.Pipeline pipeline, string name)
    {
        using var element = pipeline.GetByName(name)!;
        return (string?)element.GetProperty("location");
    }

    private static IEnumerable<string> Values()
    {
        var random = new Random(20_26);
        return _known.Concat(Enumerable.Range(0, 300).Select(_ => Hostile(random)));
    }

    private static string Hostile(Random random)
    {
        var runes = Alphabet.EnumerateRunes().ToArray();
        return string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => runes[random.Next(runes.Length)].ToString()));
    }
}
