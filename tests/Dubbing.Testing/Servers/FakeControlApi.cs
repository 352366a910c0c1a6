using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dubbing.Testing.Servers;

/// <summary>An HTTP server with the two addresses of MediaMTX's control API that are used, in the words of either generation.</summary>
public sealed class FakeControlApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _isNew;

    private FakeControlApi(bool isNew)
    {
        _isNew = isNew;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGet("/v3/paths/list", (HttpRequest request) => Allowed(request) ? List(request) : Results.StatusCode(401));
        _app.MapGet("/v3/{kind}/get/{id}", (HttpRequest request, string kind, string id) =>
            Allowed(request) && Paths.Values.FirstOrDefault(path => path.Id == id && path.Type.ToLowerInvariant() + "s" == kind) is { } path
                ? Results.Json(new { id, query = path.Query })
                : Results.StatusCode(404));
    }

    /// <summary>What is published, by path.</summary>
    public ConcurrentDictionary<string, FakePath> Paths { get; } = new();

    /// <summary><c>user:password</c> that is asked for; null: none.</summary>
    public string? User { get; set; }

    /// <summary>What is answered in place of a list; null: the list.</summary>
    public string? Nonsense { get; set; }

    /// <summary>How often the list was asked for.</summary>
    public int Lists { get; private set; }

    /// <summary>Told of each page that was made, before it is sent.</summary>
    public Action<int>? Listed { get; set; }

    /// <summary>Where it listens.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts it on a free port.</summary>
    /// <param name="isNew">Which generation's words it uses.</param>
    public static async Task<FakeControlApi> StartAsync(bool isNew = true)
    {
        var api = new FakeControlApi(isNew);
        await api._app.StartAsync();
        api.Address = api._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return api;
    }

    /// <summary>A stream's input is published from now on.</summary>
    public void Publish(string stream, string id, string query = "", string type = "rtmpConn", bool ready = true) =>
        Paths[$"live/{stream}/in"] = new FakePath(type, id, query, ready);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private bool Allowed(HttpRequest request) =>
        User is null || request.Headers.Authorization == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(User));

    private IResult List(HttpRequest request)
    {
        Lists++;
        if (Nonsense is not null) return Results.Text(Nonsense, "application/json");
        var (size, page) = (Number(request, "itemsPerPage"), Number(request, "page"));
        var all = Paths.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToArray();
        Listed?.Invoke(page);
        return Results.Json(new
        {
            itemCount = all.Length,
            pageCount = (all.Length + size - 1) / size,
            items = all.Skip(page * size).Take(size).Select(entry => Item(entry.Key, entry.Value)),
        });
    }

    private static int Number(HttpRequest request, string name) => int.Parse(request.Query[name]!, CultureInfo.InvariantCulture);

    // The newer one keeps the older one's names, deprecated.
    private object Item(string name, FakePath path) => _isNew
        ? new { name, ready = path.Ready, available = path.Ready, online = path.Ready, source = new { type = path.Type, id = path.Id } }
        : new { name, ready = path.Ready, source = path.Ready ? new { type = path.Type, id = path.Id } : null };

    /// <summary>A path of the media server.</summary>
    public sealed record FakePath(string Type, string Id, string Query, bool Ready);
}
