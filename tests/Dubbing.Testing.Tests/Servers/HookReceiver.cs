using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Tests.Servers;

/// <summary>One event as the service would get it.</summary>
internal sealed record HookEvent(string Url, string Path, string Query, string SourceType, string SourceId);

/// <summary>Takes the hook script's events in the service's place and answers with a chosen status.</summary>
internal sealed class HookReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Channel<HookEvent> _events = Channel.CreateUnbounded<HookEvent>();

    public HookReceiver()
    {
        Url = $"http://127.0.0.1:{FreePorts.Next()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = Serve();
    }

    public string Url { get; }

    public int Status { get; set; } = 200;

    public async Task<HookEvent> Next() =>
        await _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        try
        {
            while (_listener.IsListening)
            {
                var context = await _listener.GetContextAsync();
                using var json = await JsonDocument.ParseAsync(context.Request.InputStream);
                string Text(string name) => json.RootElement.GetProperty(name).GetString()!;
                context.Response.StatusCode = Status;
                context.Response.Close();
                _events.Writer.TryWrite(new HookEvent(
                    context.Request.Url!.AbsolutePath, Text("path"), Text("query"), Text("sourceType"), Text("sourceId")));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            _events.Writer.TryComplete();
        }
#pragma warning disable CA1031 // a body that is no JSON fails the test that waits for the event
        catch (Exception e)
#pragma warning restore CA1031
        {
            _events.Writer.TryComplete(e);
        }
    }
}
