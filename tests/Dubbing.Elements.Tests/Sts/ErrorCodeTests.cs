using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>Which errors count towards the circuit breaker, however they are reported.</summary>
public sealed class ErrorCodeTests
{
    private static readonly string[] Counting =
    [
        "TIMEOUT", "MODEL_ERROR", "GPU_OOM", "QUEUE_FULL", "RATE_LIMIT", "RATE_LIMIT_EXCEEDED", "TRANSLATION_API_UNAVAILABLE",
        "BACKPRESSURE_EXCEEDED",
    ];

    private static readonly string[] NotCounting =
    [
        "STREAM_PAUSED", "INVALID_CONFIG", "INVALID_VOICE_PROFILE", "UNSUPPORTED_LANGUAGE", "FRAGMENT_TOO_LARGE", "INVALID_SEQUENCE",
        "MALFORMED_DATA",
    ];

    public static TheoryData<string, string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, int>();
            foreach (string flag in (string[])["true", "false", "null"])
            {
                foreach (string code in Counting)
                    cases.Add(code, flag, 1);
                foreach (string code in NotCounting)
                    cases.Add(code, flag, 0);
                cases.Add("NEW_CODE", flag, flag == "true" ? 1 : 0);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_error_counts_towards_the_breaker_as_the_contract_says(string code, string retryable, int counted)
    {
        foreach (string report in (string[])["result", "error about a fragment", "error"])
        {
            var it = new ExchangeHarness();
            it.Step(it.Exchange.Start);
            it.Open();
            Fragment fragment = it.Submit();
            it.Ready(3);
            string error = $"\"code\":\"{code}\",\"retryable\":{retryable}";
            string named = $"\"fragment_id\":\"{fragment.Id}\"";
            if (report == "result")
                it.Receive("fragment:processed", $"{{{named},\"status\":\"failed\",\"error\":{{{error}}}}}");
            else
                it.Receive("error", $"{{{error},\"severity\":\"error\"{(report == "error" ? "" : "," + named)}}}");
            Assert.Equal((ulong)counted, it.Exchange.Snapshot.BreakerFailures);
            Assert.Equal(StsState.Ready, it.Exchange.Snapshot.State);
        }
    }
}
