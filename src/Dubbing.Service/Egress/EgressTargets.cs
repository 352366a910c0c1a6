using Dubbing.Service.Configuration;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Egress;

/// <summary>Where the output of one run is passed on to. Used on the stream's loop, where not said otherwise.</summary>
internal sealed class EgressTargets
{
    // Beyond what pipelines and their hosts take at the worst when all goes well: the end of the run does not wait for one that hangs.
    private static readonly TimeSpan _end = TimeSpan.FromSeconds(10);

    private readonly EgressTarget[] _targets;
    private readonly StreamContext _context;

    private EgressTargets(IEnumerable<EgressTarget> targets, StreamContext context) => (_targets, _context) = ([.. targets], context);

    /// <summary>The targets as they are now; null: there is none.</summary>
    public IReadOnlyList<EgressStatus>? Status => _targets.Length > 0 ? [.. _targets.Select(target => target.Status)] : null;

    /// <summary>The targets of a run; none where its output does not go to the media server, since it can't be pulled then.</summary>
    public static EgressTargets Of(string streamId, StreamRun run, StreamContext context, SerialLoop loop)
    {
        var server = run.Options.MediaServer;
        var input = run.Source.Output ?? EgressValues.Output(server, streamId);
        var urls = run.Settings.Settings.Egress;
        if (urls.Count > 0 && new Uri(input).Authority != new Uri(server.RtmpUrl).Authority)
        {
            context.Logger.LogWarning("the output does not go to the media server, so it can't be passed on to egress targets");
            urls = [];
        }

        context.Metrics.EgressBegun(streamId, urls.Count);
        return new EgressTargets(
            urls.Select((url, place) => new EgressTarget(place + 1, EgressValues.For(server, input, streamId, url), run.Options.EgressFile!, streamId, run, context, loop)),
            context);
    }

    /// <summary>The output begins to flow, or does no more.</summary>
    public void OutputFlows(bool flows)
    {
        foreach (var target in _targets) target.OutputFlows(flows);
    }

    /// <summary>Takes in what their output elements have counted; called once a second, by any thread.</summary>
    public void Look()
    {
        foreach (var target in _targets) target.Look();
    }

    /// <summary>The run is over. Completes, on any thread, when all is gone, or when that takes too long. Does not throw.</summary>
    public async Task StopAsync()
    {
        if (_targets.Length == 0) return;
        try
        {
            await Task.WhenAll(_targets.Select(target => target.StopAsync())).WaitAsync(_end, _context.Time);
        }
        catch (TimeoutException)
        {
            _context.Logger.LogError("what passes the output on did not end within {Seconds} s; the run ends without it", _end.TotalSeconds);
        }
    }
}
