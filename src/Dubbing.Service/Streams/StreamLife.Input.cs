using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <content>Whether there is input: what the media server's list says, and what has come in.</content>
internal sealed partial class StreamLife
{
    // A hook may be early and a path not be there yet: so long the input may be away, however short the grace period is.
    private static readonly TimeSpan _leastPatience = TimeSpan.FromSeconds(10);

    // From the launch to the first fragment, beyond the fragment's own length.
    private static readonly TimeSpan _joining = TimeSpan.FromSeconds(5);

    /// <summary>The media server's list, asked for at <paramref name="asOf"/>, has the stream (with its source), has it not (null).
    /// A hook that came after that time knows better, and a run of another media server (<paramref name="server"/> is the control API that was asked)
    /// is not among what it lists.</summary>
    public HookAnswer? OnListed(Uri server, StreamSource? source, TimeSpan asOf)
    {
        if (_closing is not null || _lastHook > asOf) return null;
        if (State != StreamState.Idle && _run is { } current && (current.HasOwnInput || current.Options.MediaServer.Api != server))
        {
            // What its own server said of it is not asked for any more.
            OnListUnknown();
            return null;
        }

        if (source is not null) return OnListedReady(source);
        if (_run is { } run && State is not (StreamState.Idle or StreamState.Stopping)) OnNotListed(run);
        return null;
    }

    /// <summary>The media server's list can't be had: the hooks alone count.</summary>
    public void OnListUnknown()
    {
        if (_run is not { Listed: not null } run) return;
        run.Listed = null;
        if (run is { InputLostSince: not null, Present: true } && State is not (StreamState.Idle or StreamState.Stopping)) _lost.StartOnce(Patience(run));
    }

    private HookAnswer? OnListedReady(StreamSource source)
    {
        if (State is StreamState.Starting or StreamState.Running or StreamState.Degraded && _run is { Present: true } run && run.Source.Id == source.Id)
        {
            (run.Listed, run.WasListed) = (true, true);
            _lost.Cancel();
            return null;
        }

        if (_next is not null || _context.Dismissed.Contains(_id, source.Id)) return null;
        var answer = Come(source);
        if (_run is { } current) (current.Listed, current.WasListed) = (true, true);
        return answer;
    }

    private void OnNotListed(StreamRun run)
    {
        run.Listed = false;
        if (run.WasListed)
        {
            if (run.Present) _context.Logger.LogInformation("the media server does not list the stream any more");
            Leave(run);
        }
        else if (!run.HasFlowed)
        {
            run.InputLostSince ??= _context.Time.GetUtcNow();
        }

        // One that was never listed and flows all the same is not of the server that was asked.
        if (run is { InputLostSince: not null, Present: true }) _lost.StartOnce(Patience(run));
    }

    private void OnStillLost()
    {
        var run = _run!;
        // A pipeline that was just launched gets the time to show that there is input again.
        var left = run.LaunchedAt + TimeSpan.FromMilliseconds(run.Settings.Settings.FragmentMs) + _joining - _context.Time.Now();
        if (_attempt is not null && left > TimeSpan.Zero) _lost.Start(left);
        else BeginStop("nothing came in any more, and the media server does not say that the publisher is there");
    }

    private void Flow(StreamRun run)
    {
        (run.HasFlowed, run.InputLostSince) = (true, null);
        _lost.Cancel();
    }

    private static TimeSpan Patience(StreamRun run) => run.Options.Lifecycle.Grace > _leastPatience ? run.Options.Lifecycle.Grace : _leastPatience;
}
