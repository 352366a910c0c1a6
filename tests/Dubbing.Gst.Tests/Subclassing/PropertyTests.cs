using System.Runtime.InteropServices;
using Gst;

namespace Dubbing.Gst.Tests.Subclassing;

public partial class PropertyTests
{
    public PropertyTests() => Gstreamer.Ensure();

    [Fact]
    public void Every_kind_of_property_has_its_default_and_takes_a_value()
    {
        using var sink = ElementFactory.Make("testsink");
        (string Name, object Default, object Set, object Read)[] properties =
        [
            ("text", "deflt", "other", "other"), ("flag", true, false, false), ("number", 7u, 3u, 3u), ("large", 1UL << 40, ulong.MaxValue, ulong.MaxValue),
            ("real", 0.5, 0.25, 0.25), ("flavour", "sour", 0, "sweet"),
        ];
        foreach (var (name, value, set, read) in properties)
        {
            Assert.Equal(value, sink.GetProperty(name));
            sink.SetProperty(name, set);
            Assert.Equal(read, sink.GetProperty(name));
        }
        Assert.Equal(0ul, ElementStats.Read(sink)["rendered"]);
        Assert.False(sink.HasProperty("nosuch"));
        Assert.Throws<ArgumentException>(() => sink.GetProperty("nosuch"));
        Assert.Throws<ArgumentException>(() => sink.SetProperty("number", "text"));
    }

    [Fact]
    public void Descriptions_set_properties_by_text_and_nick_and_refuse_what_is_out_of_range()
    {
        using var pipeline = Parse.Launch("fakesrc ! testsink name=s flavour=sweet number=10 real=1 text=\"a b\"");
        using var sink = pipeline.GetByName("s")!;
        Assert.Equal(("sweet", 10u, 1.0, "a b"), (sink.GetProperty("flavour"), sink.GetProperty("number"), sink.GetProperty("real"), sink.GetProperty("text")));
        // GObject clamps what lies outside the range.
        sink.SetProperty("number", 99u);
        Assert.Equal(10u, sink.GetProperty("number"));
        Assert.Throws<ParseException>(() => Parse.Launch("fakesrc ! testsink flavour=bitter"));
    }

    [Theory]
    // GParamFlags: readable 1, writable 2; GStreamer adds mutable in READY 1 << 10, in PLAYING 1 << 12.
    [InlineData("text", 0x403)]
    [InlineData("number", 0x1003)]
    [InlineData("secret", 0x002)]
    [InlineData("stats", 0x001)]
    public unsafe void A_property_has_the_flags_it_was_described_with(string name, int flags)
    {
        using var sink = ElementFactory.Make("testsink");
        var spec = FindProperty(*(nint*)sink.Handle, name);
        Assert.Equal(flags, *(int*)(spec + 16) & 0x1fff);
    }

    [Theory]
    [InlineData("set")]
    [InlineData("get")]
    public void A_property_that_throws_does_not_cross_into_native_code(string where)
    {
        using var sink = ElementFactory.Make("testsink");
        sink.SetProperty("throw-in", where);
        Assert.Equal(where == "get" ? null : "", sink.GetProperty("throw-in"));
    }

    [LibraryImport("libgobject-2.0.so.0", EntryPoint = "g_object_class_find_property", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FindProperty(nint objectClass, string name);
}
