using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Sts.Exchange;

/// <content>What becomes of fragments by the clock and by what may be sent.</content>
internal sealed partial class FragmentExchange
{
    /// <summary>A result is in time when it was received in time, however long it takes to be read: the clock of deadlines waits for that, not for long.</summary>
    private long DeadlinesAsOf(long now) =>
        _connection?.UnreadSince is { } since ? Math.Max(since, now - _time.Ticks(Unread)) : now;

    private void CountTimeouts(long now)
    {
        foreach (TrackedFragment tracked in _ledger.Inflight)
        {
            if (tracked.TimeoutAt > now || tracked.TimeoutAt is null)
                continue;
            tracked.TimeoutAt = null;
            // The circuit breaker opened for silence, and its probe has met with silence, too.
            bool isMute = ++_silence > _options.BreakerThreshold && tracked.IsProbe;
            CountFailure(tracked, now);
            if (isMute)
            {
                // Servers that keep the order of results hold all back behind one that never comes. Only a new session ends that.
                FallBack(tracked, FallbackReason.Timeout);
                LoseConnection("no result comes any more");
                return;
            }
        }
    }

    private void FallBackDue(long now)
    {
        // Decisions keep the order: a deadline that comes before an earlier fragment's decides that one, too.
        int due = _ledger.LastDue(now);
        foreach (TrackedFragment tracked in _ledger.Open.Take(due + 1).ToArray())
            FallBack(tracked, ReasonAtDeadline(tracked));
        foreach (TrackedFragment tracked in _ledger.Inflight.ToArray())
        {
            if (tracked.SlotUntil <= now)
                _ledger.Release(tracked);
        }
    }

    private FallbackReason ReasonAtDeadline(TrackedFragment tracked) =>
        tracked.Phase == FragmentPhase.Sent ? FallbackReason.Timeout
        : _state != StsState.Ready ? FallbackReason.Disconnected
        : !_breaker.Admits ? FallbackReason.BreakerOpen
        : FallbackReason.Backpressure;

    private void SendWaiting(long now)
    {
        if (!_breaker.Admits)
            FallBackAll(_ledger.Waiting, FallbackReason.BreakerOpen);
        while (_ledger.Waiting.Count > 0 && MaySend(now))
        {
            // The server was told what the fragments carry: another format is another session, once the old one's work is done.
            if (FormatOf(_ledger.Waiting[0].Fragment) != _announced)
            {
                if (_ledger.Inflight.Count == 0)
                {
                    ChangeState(StsState.Connected, "the input's format changed");
                    Initialize();
                }

                return;
            }

            Send(_ledger.Waiting[0], now);
            // A half-open breaker lets one through; the others fall back.
            if (!_breaker.Admits)
                FallBackAll(_ledger.Waiting, FallbackReason.BreakerOpen);
        }
    }

    private bool MaySend(long now) =>
        _state == StsState.Ready && _pauseReason is null && _ledger.Inflight.Count < _maxInflight && _gate.IsOpen(now);

    private void Send(TrackedFragment tracked, long now)
    {
        Fragment fragment = tracked.Fragment;
        int size = ((int)fragment.Image.Length + 2) / 3 * 4 + 1024;
        if (_connection!.MaxPayload is { } most && size > most)
        {
            Fault(EventNames.FragmentData, $"fragment {fragment.Id} makes a message of about {size} bytes; the server accepts {most}");
            FallBack(tracked, FallbackReason.Failed);
            return;
        }

        _ledger.Send(tracked, now + Math.Max(_time.Ticks(ShortestSlot), 3 * _time.Ticks(Timeout)));
        tracked.Attempts++;
        tracked.Sequence = _nextSequence++;
        tracked.SentAt = now;
        tracked.SentReported = false;
        tracked.InflightAsSent = _ledger.Inflight.Count;
        tracked.FailureCounted = false;
        tracked.HasResult = false;
        tracked.Acknowledged = false;
        tracked.TimeoutAt = Math.Min(now + _time.Ticks(Timeout), fragment.Deadline);
        tracked.IsProbe = _breaker.OnSent();
        _gate.OnSent(fragment.Id, now);
        var audio = new FragmentAudio(
            M4a, fragment.SampleRate, fragment.Channels, (int)((fragment.Duration + 500_000) / 1_000_000), new Base64Data(fragment.Image));
        var data = new FragmentData(
            fragment.Id, _options.StreamId, tracked.Sequence, UnixMs(), audio, new FragmentMetadata(fragment.StartTime, fragment.StartTime));
        int attempt = tracked.Attempts;
        Transmit(EventNames.FragmentData, data, StsJson.Default.FragmentData, size, () => ReportSent(tracked, attempt));
    }

    private void ReportSent(TrackedFragment tracked, int attempt)
    {
        if (tracked.SentReported || tracked.Attempts != attempt)
            return;
        tracked.SentReported = true;
        _counts = _counts with { Sent = _counts.Sent + 1, Retried = _counts.Retried + (attempt > 1 ? 1 : 0) };
        _raise(new FragmentSent(tracked.Fragment, tracked.Sequence, tracked.InflightAsSent));
    }

    /// <summary>The handshake, if a fragment is the first to say what the stream carries.</summary>
    private void InitializeOnce()
    {
        if (_connected && _state == StsState.Connected && _readyBy is null)
            Initialize();
    }

    private void CountFailure(TrackedFragment tracked, long now)
    {
        if (tracked.FailureCounted)
            return;
        tracked.FailureCounted = true;
        _breaker.OnFailure(now, tracked.IsProbe);
        tracked.IsProbe = false;
        RaiseBreaker();
    }

    private void FallBack(TrackedFragment tracked, FallbackReason reason, FragmentDecision? result = null) =>
        _ledger.Resolve(tracked, (result ?? new FragmentDecision { Fragment = tracked.Fragment, Outcome = Outcome.Fallback }) with { Reason = reason });

    private void FallBackAll(IReadOnlyList<TrackedFragment> fragments, FallbackReason reason)
    {
        foreach (TrackedFragment tracked in fragments.ToArray())
            FallBack(tracked, reason);
    }

    private static (int Rate, int Channels) FormatOf(Fragment fragment) => (fragment.SampleRate, fragment.Channels);

    private static string? FaultOf(Fragment fragment) =>
        fragment.Image.IsEmpty ? "is empty"
        : fragment.Image.Length > ServerMessageReader.MaxAudioBytes ? $"has {fragment.Image.Length} bytes; the server takes {ServerMessageReader.MaxAudioBytes}"
        : fragment.Channels is < 1 or > 2 ? $"has {fragment.Channels} channels; the server takes 1 or 2"
        : fragment.SampleRate is < 8000 or > 96000 ? $"has {fragment.SampleRate} Hz; the server takes 8000 to 96000"
        : fragment.Duration > 60_000_000_000 ? $"lasts {fragment.Duration / 1_000_000} ms; the server takes 60000"
        : null;
}
