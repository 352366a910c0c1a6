namespace Dubbing.Pipeline.Tests.Launch;

public class LaunchFileTests
{
    private static readonly Dictionary<string, PlaceholderValue> _values = new()
    {
        ["input"] = "rtmp://127.0.0.1:1935/live/a/in",
        ["segment_dir"] = "/tmp/with space",
        ["stream_id"] = "a",
        ["empty"] = "",
    };

    [Fact]
    public void Comments_and_newlines_are_white_space() =>
        Assert.Equal("fakesrc name=a#b\n! fakesink name=\"# kept\"", Render("""
            # a comment with "quotes" and ${placeholders}
            fakesrc name=a#b   # another one
              ! fakesink name="# kept"
            """));

    [Fact]
    public void A_plain_value_stands_as_it_is() =>
        Assert.Equal("rtmp2src location=rtmp://127.0.0.1:1935/live/a/in", Render("rtmp2src location=${input}"));

    [Fact]
    public void A_placeholder_inside_a_larger_value_is_escaped_with_all_of_it() =>
        Assert.Equal("""filesink location=\"\\057tmp\\057with\\040space\\057\\04506d\\137audio\\056m4a\" """.TrimEnd(),
            Render("filesink location=${segment_dir}/%06d_audio.m4a"));

    [Fact]
    public void A_placeholder_in_a_nested_description_is_escaped_on_both_levels() =>
        Assert.Equal("splitmuxsink sink=" + """
            "stssink session=a location=\\\"\\\\057tmp\\\\057with\\\\040space\\\""
            """,
            Render("""splitmuxsink sink="stssink session=${stream_id} location=${segment_dir}" """));

    [Fact]
    public void An_empty_value_does_not_swallow_the_next_token() =>
        Assert.Equal("fakesrc name=\"\" ! fakesink", Render("fakesrc name=${empty} ! fakesink"));

    [Fact]
    public void A_default_stands_in_and_a_value_overrides_it() =>
        Assert.Equal("queue name=b leaky=a", Render("queue name=${none:-b} leaky=${stream_id:-b}"));

    [Fact]
    public void A_value_with_a_placeholder_in_it_is_not_expanded_again() =>
        Assert.Equal("""x name=\"\\044\\173input\\175\" """.TrimEnd(), Render("x name=${v}", new() { ["v"] = "${input}" }));

    [Fact]
    public void Missing_values_are_all_named_with_their_lines() => Assert.Equal(
        "t.launch:1: no value for ${a} (line 1), ${b} (line 3); known are: empty, input, segment_dir, stream_id",
        Fault("x p=${a}\n! y q=${stream_id}\n r=\"${b} ${a}\""));

    [Theory]
    [InlineData("${x} ! fakesink", "t.launch:1: a placeholder can only stand in a property's value, not in '${x}'")]
    [InlineData("fakesrc !\nvideo/x-raw,width=${x} ! fakesink", "t.launch:2: a placeholder can only stand in a property's value, not in 'video/x-raw,width=${x}'")]
    [InlineData("fakesrc ! video/x-raw, width=${x}", "t.launch:1: a placeholder can't stand in caps: 'width=${x}'")]
    [InlineData("splitmuxsink sink=\"${x}\"", "t.launch:1: a placeholder can only stand in a property's value, not in '${x}'")]
    [InlineData("fakesrc name=${x", "t.launch:1: '${' begins no placeholder: write ${name} or ${name:-default}")]
    [InlineData("fakesrc\nname=\"a", "t.launch:2: the quote \" is not closed")]
    [InlineData("fakesrc name=\"a\"b", "t.launch:1: white space must follow the closing quote \"")]
    [InlineData(" # nothing", "t.launch: there is no element in it")]
    public void A_file_that_can_not_be_read_safely_is_refused(string text, string message) =>
        Assert.Equal(message, Fault(text));

    [Theory]
    [InlineData("a,b=c")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("a;b")]
    public void A_structure_takes_only_words(string value) => Assert.Equal(
        "t.launch:1: the value of sink-properties can't stand in a structure: ${v} may only have letters, digits and _ - . / : +",
        Fault("s sink-properties=\"properties,session=${v}\"", new() { ["v"] = value }));

    [Fact]
    public void A_word_goes_into_a_structure() => Assert.Equal("s sink-properties=\"properties,session=a-1\"",
        Render("s sink-properties=\"properties,session=${v}\"", new() { ["v"] = "a-1" }));

    [Fact]
    public void What_can_not_be_text_in_GStreamer_is_refused()
    {
        Assert.Equal("t.launch:1: the value of p contains a NUL character", Fault("x p=${v}", new() { ["v"] = "a\0b" }));
        Assert.Equal("t.launch:1: the value of p is not valid Unicode", Fault("x p=${v}", new() { ["v"] = "\ud800" }));
    }

    [Fact]
    public void Factories_are_listed_with_their_lines_also_nested_ones()
    {
        var file = LaunchFile.Parse("t.launch", """
            rtspsrc name=in
            in. ! h264parse!queue ! mux.video   # no.such
            fragments.audio_0 video/x-raw,width=1 ! "audio/x-raw, rate=1"
            splitmuxsink muxer="mp4mux a=b" sink=stssink muxer-factory=qtmux
            """);
        Assert.Equal(["rtspsrc:1", "h264parse:2", "queue:2", "splitmuxsink:4", "mp4mux:4", "stssink:4", "qtmux:4"],
            file.Factories.Select(factory => $"{factory.Name}:{factory.Line}"));
    }

    [Fact]
    public void An_error_of_the_parser_is_found_in_the_file()
    {
        var file = LaunchFile.Parse("t.launch", "fakesrc\n! queue colour=1\n! nosuch");
        Assert.Equal(3, file.LineOf("no element \"nosuch\""));
        Assert.Equal(2, file.LineOf("no property \"colour\" in element \"queue0\""));
        Assert.Null(file.LineOf("syntax error"));
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.StartsWith("/nowhere/x.launch: can't be read: ",
        Assert.Throws<LaunchException>(() => LaunchFile.Load("/nowhere/x.launch")).Message);

    private static string Render(string text, Dictionary<string, PlaceholderValue>? values = null) =>
        LaunchFile.Parse("t.launch", text).Render(values ?? _values);

    private static string Fault(string text, Dictionary<string, PlaceholderValue>? values = null) =>
        Assert.Throws<LaunchException>(() => Render(text, values)).Message;
}
