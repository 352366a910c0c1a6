using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Streams;

/// <summary>What the API says of a server that is lost or refuses.</summary>
public sealed class StsErrorTests
{
    [Fact]
    public async Task A_lost_server_is_one_error_until_it_was_ready_again()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        pipeline.Message("sts-state", ("state", "connecting"), ("reason", ""));
        for (var attempt = 0; attempt < 3; attempt++)
            pipeline.Message("sts-state", ("state", "disconnected"), ("reason", $"refused {attempt}"));
        pipeline.Message("sts-state", ("state", "ready"), ("reason", ""));
        pipeline.Message("sts-state", ("state", "disconnected"), ("reason", "closed"));
        pipeline.Message("sts-state", ("state", "failed"), ("reason", "INVALID_CONFIG"));
        var status = await service.UntilAsync(s => s.StsState == "failed");
        Assert.Equal(
            [
                "stssrc: the STS server can't be reached, the original plays: refused 0",
                "stssrc: the STS server can't be reached, the original plays: closed",
                "stssrc: the STS server refuses the stream, the original plays: INVALID_CONFIG",
            ],
            status.Errors.Select(error => $"{error.Element}: {error.Message}"));
    }

    [Fact]
    public async Task A_server_that_is_back_and_refuses_is_said_to()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        foreach (var reason in (string[])["Connection refused", "Connection refused", "the server refused the stream: INVALID_CONFIG: chunk", "the server refused the stream: INVALID_CONFIG: chunk"])
            pipeline.Message("sts-state", ("state", "disconnected"), ("reason", reason));
        pipeline.Message("sts-state", ("state", "connecting"), ("reason", ""));
        var status = await service.UntilAsync(s => s.StsState == "connecting");
        Assert.Equal(
            [
                "the STS server can't be reached, the original plays: Connection refused",
                "the STS server refuses the stream, the original plays: the server refused the stream: INVALID_CONFIG: chunk",
            ],
            status.Errors.Select(error => error.Message));
    }

    [Fact]
    public async Task Each_fault_is_one_line_in_the_log_and_one_count()
    {
        await using var service = await TestService.StartAsync(("LOG_LEVEL", "warning"));
        await service.ReadyAsync();
        var pipeline = await service.Launcher.NextAsync();
        var log = service.CaptureLog();
        string[] faults = ["fragment:processed: status is missing", "error: not JSON", "fragment:processed: status is missing"];
        foreach (var fault in faults)
            pipeline.Message("sts-error", ("code", "MALFORMED_MESSAGE"), ("message", fault), ("severity", "warning"), ("fragment-id", ""), ("retryable", false));
        pipeline.Message("sts-state", ("state", "ready"), ("reason", ""));
        await service.UntilAsync(s => s.StsState == "ready");
        Assert.Equal(faults.Select(fault => $"Warning: STS: MALFORMED_MESSAGE: {fault}"), log.Lines.Where(line => line.Contains("STS: ", StringComparison.Ordinal)));
        var metrics = await service.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("media_service_worker_errors_total{stream_id=\"a\",error_type=\"malformed_message\"} 3\n", metrics, StringComparison.Ordinal);
    }
}
