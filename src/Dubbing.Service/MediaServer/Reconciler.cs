using Dubbing.Service.Configuration;
using Dubbing.Service.Hosting;
using Dubbing.Service.Streams;

namespace Dubbing.Service.MediaServer;

/// <summary>Compares the streams with what the media server says is published, at the start and from time to time: a hook that was
/// missed heals, and a stream that is gone ends. Without the control API the hooks alone decide.</summary>
internal sealed class Reconciler(
    ConfigurationStore configuration, ControlApi api, StreamRegistry streams, TimeProvider time, ILogger<Reconciler> logger) : BackgroundService
{
    private readonly HashSet<string> _refused = [];
    private bool? _answers;

    /// <summary>Compares once.</summary>
    internal async Task PassAsync(CancellationToken cancel)
    {
        var address = configuration.Current.MediaServer.Api;
        var asOf = time.Now();
        try
        {
            var publishers = await api.PublishersAsync(address, cancel);
            Say(true, address, "");
            Tell(await streams.ListedAsync(address, await WithQueriesAsync(address, publishers, cancel), asOf));
        }
        catch (ControlApiException e)
        {
            Say(false, address, e.Message);
            streams.ListUnknown();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = configuration.Current.MediaServer.Reconcile;
        return interval == TimeSpan.Zero
            ? Task.CompletedTask
            : new Periodic(time, logger).RunAsync(interval, atOnce: true, () => PassAsync(stoppingToken), stoppingToken);
    }

    // The list has no queries; those of publishers that are new to us are asked for one by one.
    private async Task<IReadOnlyDictionary<string, StreamSource>> WithQueriesAsync(
        Uri address, IReadOnlyDictionary<string, StreamSource> publishers, CancellationToken cancel)
    {
        var complete = new Dictionary<string, StreamSource>(publishers);
        foreach (var (id, source) in publishers.Where(entry => IsNew(entry.Key, entry.Value)))
        {
            try
            {
                complete[id] = source with { Query = await api.QueryAsync(address, source, cancel) };
            }
            catch (ControlApiException e)
            {
                logger.LogWarning("the query of {Source}, which publishes {Stream}, is not known: {Why}", source.Id, id, e.Message);
            }
        }

        return complete;
    }

    private bool IsNew(string id, StreamSource source) => streams.Find(id)?.Status is not { } status
        || status.State is StreamState.Idle or StreamState.Stopping || status.SourceId != source.Id;

    private void Say(bool answers, Uri address, string why)
    {
        if (_answers == answers) return;
        _answers = answers;
        // Not the whole address: it may carry a password.
        if (answers) logger.LogInformation("streams are compared with the control API at {Address}", address.Authority);
        else logger.LogWarning("the control API at {Address} can't be used, streams begin and end by hooks alone: {Why}", address.Authority, why);
    }

    private void Tell(IReadOnlyDictionary<string, HookAnswer> done)
    {
        foreach (var (id, answer) in done.Where(entry => entry.Value.Result == HookResult.LimitReached ? _refused.Add(entry.Key) : true))
            logger.LogInformation("stream {Stream} is published and its hook was missed: {What}", id, answer.Message);
        _refused.RemoveWhere(id => !done.TryGetValue(id, out var answer) || answer.Result != HookResult.LimitReached);
    }
}
