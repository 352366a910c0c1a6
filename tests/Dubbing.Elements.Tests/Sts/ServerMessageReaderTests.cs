using System.Globalization;
using System.Text.Json;
using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Tests.Sts;

public sealed class ServerMessageReaderTests
{
    private static (ServerMessage? Message, List<string> Faults) Read(string name, string json)
    {
        var faults = new List<string>();
        using JsonDocument document = JsonDocument.Parse(json);
        return (ServerMessageReader.Read(name, document.RootElement, faults), faults);
    }

    [Theory]
    [InlineData("stream:ready", 0)]
    [InlineData("fragment:ack", 1)]
    [InlineData("fragment:processed", 2)]
    [InlineData("backpressure", 1)]
    [InlineData("error", 0)]
    [InlineData("stream:complete", 0)]
    public void Only_what_nothing_can_be_done_without_is_missed(string name, int faults) =>
        Assert.Equal(faults, Read(name, "{}").Faults.Count);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    public void A_payload_that_is_no_object_is_one_fault(string payload)
    {
        (ServerMessage? message, List<string> faults) = Read("stream:ready", payload);
        Assert.Null(message);
        Assert.Equal("the payload is no object", Assert.Single(faults));
    }

    [Fact]
    public void An_unknown_event_is_ignored()
    {
        (ServerMessage? message, List<string> faults) = Read("something:new", "[]");
        Assert.Null(message);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("""{"max_inflight":0}""", "max_inflight is 0, not within 1 to 2147483647")]
    [InlineData("""{"max_inflight":"many"}""", "max_inflight is text, not a number")]
    [InlineData("""{"max_inflight":"1e300"}""", "max_inflight is out of range")]
    [InlineData("""{"max_inflight":"NaN"}""", "max_inflight is out of range")]
    [InlineData("""{"max_inflight":""}""", "max_inflight is text, not a number")]
    [InlineData("""{"max_inflight":true}""", "max_inflight is true or false, not a number")]
    [InlineData("""{"max_inflight":1e400}""", "max_inflight is out of range")]
    [InlineData("""{"capabilities":{"batch_processing":2}}""", "capabilities.batch_processing is a number, not true or false")]
    [InlineData("""{"session_id":{}}""", "session_id is an object, not text")]
    [InlineData("""{"session_id":"\ud800"}""", "session_id is no valid UTF-8")]
    public void A_fault_names_the_field_and_what_is_wrong_with_it(string payload, string fault) =>
        Assert.Equal(fault, Assert.Single(Read("stream:ready", payload).Faults));

    [Theory]
    [InlineData("1234.6", 1235)]
    [InlineData("\"1235\"", 1235)]
    [InlineData("\"1234.6\"", 1235)]
    [InlineData("1.235e3", 1235)]
    public void Numbers_are_read_as_untyped_servers_write_them(string number, long expected)
    {
        (ServerMessage? message, List<string> faults) = Read(
            "fragment:processed", $$"""{"fragment_id":"f","status":"failed","processing_time_ms":{{number}}}""");
        Assert.Equal(expected, Assert.IsType<FragmentProcessedMessage>(message).ProcessingTimeMs);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"True\"", true)]
    [InlineData("1", true)]
    [InlineData("\"false\"", false)]
    [InlineData("0", false)]
    public void Flags_are_read_as_untyped_servers_write_them(string flag, bool expected)
    {
        (ServerMessage? message, List<string> faults) = Read("error", $$"""{"retryable":{{flag}}}""");
        Assert.Equal(expected, Assert.IsType<ErrorMessage>(message).Retryable);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData(ServerMessageReader.MaxAudioBytes, true)]
    [InlineData(ServerMessageReader.MaxAudioBytes + 1, false)]
    public void Audio_is_taken_up_to_10_MB(int bytes, bool taken)
    {
        string base64 = Convert.ToBase64String(new byte[bytes]);
        (ServerMessage? message, List<string> faults) = Read("fragment:processed", $$$"""{"fragment_id":"f","status":"success","dubbed_audio":{"data_base64":"{{{base64}}}"}}""");
        Assert.Equal(taken, Assert.IsType<FragmentProcessedMessage>(message).Audio is not null);
        Assert.Equal(taken ? 0 : 1, faults.Count);
    }

    [Fact]
    public void A_text_over_64_KB_is_left_out()
    {
        string text = new('x', 64 * 1024 + 1);
        (ServerMessage? message, List<string> faults) = Read(
            "fragment:processed", $$"""{"fragment_id":"f","status":"failed","transcript":"{{text}}","translated_text":"ok"}""");
        var result = Assert.IsType<FragmentProcessedMessage>(message);
        Assert.Equal((null, "ok"), (result.Transcript, result.TranslatedText));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"transcript has {text.Length} bytes, over the limit of {text.Length - 1}"), Assert.Single(faults));
    }
}
