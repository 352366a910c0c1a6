using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Api;

/// <summary>Who is let in.</summary>
public class TokenTests
{
    private const string Token = "a-long-s3cr3t-token";
    private static readonly string[] _protected =
        ["/v1/streams", "/v1/streams/a", "/v1/streams/a/events", "/v1/streams/a/graph", "/v1/streams/a/captions", "/v1/streams/a/captions.vtt", "/v1/openapi.json", "/nowhere"];
    private static readonly string[] _open = ["/health", "/metrics"];

    [Fact]
    public async Task Without_a_token_configured_none_is_asked_for()
    {
        await using var service = await TestService.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, "/v1/streams", null));
    }

    [Fact]
    public async Task The_api_asks_for_it_and_the_rest_does_not()
    {
        await using var service = await TestService.StartAsync(("DUBBING__API__TOKEN", Token));
        foreach (var path in _protected)
        {
            foreach (var wrong in new[] { null, "Bearer", "Bearer ", $"Bearer {Token}x", $"Bearer {Token[..^1]}", $"Basic {Token}", Token })
                Assert.Equal((path, wrong, HttpStatusCode.Unauthorized), (path, wrong, await StatusAsync(service, path, wrong)));
            Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusAsync(service, path, $"bearer {Token}"));
        }

        Assert.Equal(401, (await service.SendAsync(HttpMethod.Post, "/v1/streams", "{}")).Status);
        Assert.Equal(401, (await service.SendAsync(HttpMethod.Delete, "/v1/streams/a")).Status);
        foreach (var path in _open) Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, path, null));
        Assert.Equal(200, (await service.ReadyAsync()).Status);
    }

    [Fact]
    public async Task The_description_says_which_operations_ask_for_it()
    {
        await using var service = await TestService.StartAsync(("DUBBING__API__TOKEN", Token));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/openapi.json") { Headers = { Authorization = new("Bearer", Token) } };
        using var answer = await service.Http.SendAsync(request, TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var scheme = document.RootElement.GetProperty("components").GetProperty("securitySchemes").GetProperty("token");
        Assert.Equal(("http", "bearer"), (scheme.GetProperty("type").GetString(), scheme.GetProperty("scheme").GetString()));
        var asking = document.RootElement.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.EnumerateObject().All(operation => operation.Value.TryGetProperty("security", out var security) && security[0].TryGetProperty("token", out _)))
            .Select(path => path.Name).ToList();
        Assert.Contains("/v1/streams", asking);
        Assert.Contains("/v1/streams/{id}/events", asking);
        Assert.All(_open.Append("/v1/mediamtx/events/ready"), path => Assert.DoesNotContain(path, asking));
    }

    [Fact]
    public async Task Hooks_health_and_metrics_ask_for_it_if_configured()
    {
        await using var service = await TestService.StartAsync(("DUBBING__API__TOKEN", Token), ("DUBBING__API__TOKENFORALL", "true"));
        foreach (var path in _open)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, path, null));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, path, $"Bearer {Token}"));
        }

        Assert.Equal(401, (await service.ReadyAsync()).Status);
        Assert.True(service.Launcher.NothingWaits);
    }

    [Fact]
    public async Task Pages_of_configured_origins_may_read_captions_and_nothing_else()
    {
        await using var closed = await TestService.StartAsync();
        Assert.Null(await OriginAsync(closed, "/v1/streams/a/captions.vtt", "https://player.example"));
        await using var service = await TestService.StartAsync(("DUBBING__API__ORIGINS", "https://player.example"), ("DUBBING__API__TOKEN", Token));
        Assert.Equal("https://player.example", await OriginAsync(service, "/v1/streams/a/captions.vtt", "https://player.example"));
        Assert.Equal("https://player.example", await OriginAsync(service, "/v1/streams/a/captions", "https://player.example"));
        Assert.Null(await OriginAsync(service, "/v1/streams/a/captions.vtt", "https://other.example"));
        Assert.Null(await OriginAsync(service, "/v1/streams", "https://player.example"));
    }

    private static async Task<HttpStatusCode> StatusAsync(TestService service, string path, string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await service.Http.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            Assert.Equal(new AuthenticationHeaderValue("Bearer"), answer.Headers.WwwAuthenticate.Single());
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        }

        return answer.StatusCode;
    }

    // As a browser asks before it sends a token.
    private static async Task<string?> OriginAsync(TestService service, string path, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");
        using var answer = await service.Http.SendAsync(request);
        return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
    }
}
