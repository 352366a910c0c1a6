using System.Globalization;
using System.Text.Json;
using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Tests.Sts;

public sealed class ServerMessageReaderTests
{
    private static readonly string[] Events =
        ["stream:ready", "fragment:ack", "fragment:processed", "backpressure", "error", "stream:complete"];

    private static readonly string[] Fields =
    [
        "stream_id", "session_id", "max_inflight", "capabilities", "fragment_id", "status", "queue_position", "estimated_completion_ms",
        "timestamp", "sequence_number", "dubbed_audio", "transcript", "translated_text", "processing_time_ms", "stage_timings", "error",
        "severity", "current_inflight", "queue_depth", "action", "recommended_delay_ms", "code", "message", "retryable", "error_id",
        "total_fragments", "total_duration_ms", "statistics", "metadata", "something_new",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "\"\"", "\"text\"", "\"\\ud800\"", "[]", "[[{}]]", "{}", "{\"data_base64\":\"A\",\"code\":1,\"asr_ms\":\"x\"}", "0", "-1",
        "1.5", "1e400", "123456789012345678901234567890", "9223372036854775807",
    ];

    private static (ServerMessage? Message, List<string> Faults) Read(string name, string json)
    {
        var faults = new List<string>();
        using JsonDocument document = JsonDocument.Parse(json);
        return (ServerMessageReader.Read(name, document.RootElement, faults), faults);
    }

    [Fact]
    public void Any_value_in_any_field_is_read_or_a_fault_but_never_an_exception()
    {
        foreach (string name in Events)
        {
            foreach (string field in Fields)
            {
                foreach (string value in Values)
                    Assert.NotNull(Read(name, $"{{\"{field}\":{value}}}").Message);
            }
        }
    }

    [Fact]
    public void Missing_and_null_fields_are_no_fault()
    {
        foreach (string name in Events)
        {
            Assert.Empty(Read(name, "{}").Faults);
            Assert.Empty(Read(name, $"{{{string.Join(',', Fields.Select(field => $"\"{field}\":null"))}}}").Faults);
        }
    }

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
    [InlineData("""{"max_inflight":"3"}""", "max_inflight is text, not a number")]
    [InlineData("""{"max_inflight":1e400}""", "max_inflight is out of range")]
    [InlineData("""{"capabilities":{"batch_processing":1}}""", "capabilities.batch_processing is a number, not true or false")]
    [InlineData("""{"session_id":{}}""", "session_id is an object, not text")]
    [InlineData("""{"session_id":"\ud800"}""", "session_id is no valid UTF-8")]
    public void A_fault_names_the_field_and_what_is_wrong_with_it(string payload, string fault) =>
        Assert.Equal(fault, Assert.Single(Read("stream:ready", payload).Faults));

    [Fact]
    public void Fractions_are_rounded_since_untyped_servers_send_them()
    {
        (ServerMessage? message, List<string> faults) = Read("fragment:processed", """{"processing_time_ms":1234.6}""");
        Assert.Equal(1235, Assert.IsType<FragmentProcessedMessage>(message).ProcessingTimeMs);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData(ServerMessageReader.MaxAudioBytes, true)]
    [InlineData(ServerMessageReader.MaxAudioBytes + 1, false)]
    public void Audio_is_taken_up_to_10_MB(int bytes, bool taken)
    {
        string base64 = Convert.ToBase64String(new byte[bytes]);
        (ServerMessage? message, List<string> faults) = Read("fragment:processed", $$$"""{"dubbed_audio":{"data_base64":"{{{base64}}}"}}""");
        Assert.Equal(taken, Assert.IsType<FragmentProcessedMessage>(message).Audio is not null);
        Assert.Equal(taken ? 0 : 1, faults.Count);
    }

    [Fact]
    public void A_text_over_64_KB_is_left_out()
    {
        string text = new('x', 64 * 1024 + 1);
        (ServerMessage? message, List<string> faults) = Read("fragment:processed", $$"""{"transcript":"{{text}}","translated_text":"ok"}""");
        var result = Assert.IsType<FragmentProcessedMessage>(message);
        Assert.Equal((null, "ok"), (result.Transcript, result.TranslatedText));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"transcript has {text.Length} bytes, over the limit of {text.Length - 1}"), Assert.Single(faults));
    }
}
