using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

public sealed class FlvReaderTests
{
    [Fact]
    public void Tags_are_the_same_however_the_bytes_are_cut()
    {
        var bytes = FlvWriter.ToBytes(Clips.E.Tags);
        var reader = new FlvReader();
        var tags = new List<FlvTag>();
        for (var at = 0; at < bytes.Length; at += 1000)
            tags.AddRange(reader.Feed(bytes.AsSpan(at, Math.Min(1000, bytes.Length - at)), at + 1));

        Assert.Null(reader.Fault);
        Assert.Equal(0, reader.PendingBytes);
        Assert.Equal(Clips.E.Tags.Count, tags.Count);
        Assert.All(tags.Zip(Clips.E.Tags), p => Assert.True(
            p.First.Type == p.Second.Type && p.First.Timestamp == p.Second.Timestamp && p.First.Payload.Span.SequenceEqual(p.Second.Payload.Span)));
        Assert.All(tags.Zip(tags.Skip(1)), p => Assert.True(0 < p.First.ArrivalNs && p.First.ArrivalNs <= p.Second.ArrivalNs));
    }

    [Fact]
    public void A_truncated_tail_is_left_out()
    {
        var bytes = FlvWriter.ToBytes(Clips.E.Tags);
        var reader = new FlvReader();
        Assert.Equal(Clips.E.Tags.Count - 1, reader.Feed(bytes.AsSpan(0, bytes.Length - 10)).Count);
        Assert.Null(reader.Fault);
        Assert.NotEqual(0, reader.PendingBytes);
    }

    [Fact]
    public void What_is_no_FLV_is_a_fault_not_an_exception()
    {
        var reader = new FlvReader();
        Assert.Empty(reader.Feed("HTTP/1.1 404 Not Found"u8));
        Assert.NotNull(reader.Fault);
    }

    [Fact]
    public void Timestamps_that_wrap_go_on()
    {
        var wrapped = Edit.Tags(Clips.E, tags =>
        {
            for (var i = 0; i < tags.Count; i++)
                tags[i] = tags[i] with { Timestamp = unchecked(tags[i].Timestamp + uint.MaxValue - 2000) };
        });
        Assert.True(VideoCheck.Run(Clips.E, wrapped).Ok, VideoCheck.Run(Clips.E, wrapped).ToString());
        Assert.True(AvCheck.Run(Clips.E, wrapped).Ok, AvCheck.Run(Clips.E, wrapped).ToString());
    }

    [Theory]
    [InlineData("1190", 48000, 2, 1024)]
    [InlineData("1208", 44100, 1, 1024)]
    [InlineData("2B118800", 48000, 2, 2048)]
    [InlineData("131056E598", 48000, 2, 2048)]
    public void Audio_configurations_are_understood(string hex, int rate, int channels, int samples)
    {
        var config = AudioConfig.TryParse(Convert.FromHexString(hex));
        Assert.NotNull(config);
        Assert.Equal((2, rate, channels, samples), (config.ObjectType, config.SampleRate, config.Channels, config.SamplesPerPacket));
    }
}
