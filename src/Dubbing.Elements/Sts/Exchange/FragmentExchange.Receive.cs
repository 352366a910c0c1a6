using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Sts.Exchange;

/// <content>What the server sends.</content>
internal sealed partial class FragmentExchange
{
    public void OnReceived(IConnection connection, string name, ServerMessage? message, IReadOnlyList<string> faults, long receivedAt)
    {
        if (connection != _connection)
            return;
        foreach (string fault in faults)
            Fault(name, fault);
        switch (message)
        {
            case StreamReadyMessage ready:
                OnReady(ready);
                break;
            case FragmentAckMessage ack:
                OnAck(ack);
                break;
            case FragmentProcessedMessage result:
                OnProcessed(result, receivedAt);
                break;
            case BackpressureMessage backpressure:
                OnBackpressure(backpressure);
                break;
            case ErrorMessage error:
                OnError(error);
                break;
            case StreamCompleteMessage complete:
                OnComplete(complete);
                break;
        }
    }

    private void OnAck(FragmentAckMessage ack)
    {
        if (ack.FragmentId is not { } id)
            return;
        if (_ledger.Find(id) is not { Attempts: > 0 } tracked)
        {
            Fault(ack.Event, "names no fragment that was sent");
            return;
        }

        // A server whose workers are not in step acknowledges what it has answered already.
        if (tracked.SlotUntil is null)
            return;
        ReportSent(tracked, tracked.Attempts);
        _gate.OnAnswer(id, _time.GetTimestamp());
        // Some say it twice, queued and processing.
        if (tracked.Acknowledged)
            return;
        (tracked.Acknowledged, _acknowledges) = (true, true);
        _raise(new FragmentAcked(tracked.Fragment, ack.Status ?? ""));
    }

    private void OnProcessed(FragmentProcessedMessage result, long receivedAt)
    {
        if (result.FragmentId is not { } id)
            return;
        if (_ledger.Find(id) is not { Attempts: > 0 } tracked || !Answers(result, tracked))
        {
            Fault(result.Event, _ledger.Find(id) is { Attempts: > 0 } ? "is a duplicate" : "names no fragment that was sent");
            Acknowledge(id, FragmentAck.Received);
            return;
        }

        ReportSent(tracked, tracked.Attempts);
        tracked.HasResult = true;
        _silence = 0;
        bool current = tracked.SlotUntil is not null;
        _ledger.Release(tracked);
        _gate.OnAnswer(id, _time.GetTimestamp());
        Judge(tracked, result, receivedAt);
        if (current && result is { Audio: null, Error: { } error })
            _ = TakeSessionError(error.Code, fatal: false, tracked, $"{error.Code}: {error.Message}");
    }

    /// <summary>It is the first result of the fragment's last attempt.</summary>
    private static bool Answers(FragmentProcessedMessage result, TrackedFragment tracked) =>
        tracked is { HasResult: false, Phase: not FragmentPhase.Waiting }
        && (tracked.Attempts == 1 || result.SequenceNumber is null || result.SequenceNumber == tracked.Sequence);

    private void Judge(TrackedFragment tracked, FragmentProcessedMessage result, long receivedAt)
    {
        string status = result.Status ?? ResultStatus.Failed;
        bool late = tracked.Phase != FragmentPhase.Sent || receivedAt >= tracked.Fragment.Deadline;
        bool usable = result.Audio is not null;
        TimeSpan rtt = _time.GetElapsedTime(tracked.SentAt, receivedAt);
        TimeSpan slack = _time.GetElapsedTime(receivedAt, tracked.Fragment.Deadline);
        Acknowledge(tracked.Fragment.Id, usable && !late ? FragmentAck.Applied : FragmentAck.Received);
        _counts = _counts with { Processed = _counts.Processed + 1, Late = _counts.Late + (late ? 1 : 0), Rtt = rtt, Slack = slack };
        _raise(new FragmentProcessed(
            tracked.Fragment, status, late, result.ProcessingTimeMs ?? 0, rtt, slack, result.Transcript, result.TranslatedText, _ledger.Inflight.Count));
        if (result.Error is { } error)
            RaiseError(error.Code, error.Message, "error", tracked.Fragment.Id, ErrorCodes.IsTransient(error.Code, error.Retryable));

        var decision = new FragmentDecision
        {
            Fragment = tracked.Fragment,
            Outcome = Outcome.Fallback,
            Transcript = result.Transcript,
            TranslatedText = result.TranslatedText,
            ProcessingTimeMs = result.ProcessingTimeMs ?? 0,
            Rtt = rtt,
            Slack = slack,
        };
        if (late)
        {
            // The timeout at the deadline counts, if it has not yet: late is as good as never.
            SettleTimeout(tracked, count: tracked.Phase == FragmentPhase.Sent);
            FallBack(tracked, FallbackReason.Late, decision);
        }
        else if (usable)
            Accept(tracked, decision with { Outcome = Outcome.Dubbed, Audio = result.Audio });
        else if (status == ResultStatus.Failed)
            Reject(tracked, result.Error?.Code, result.Error?.Retryable, decision);
        else
        {
            // The server worked, only not usably: neither a success nor a failure for the breaker.
            SettleTimeout(tracked, count: false);
            FallBack(tracked, result.AudioFaulty ? FallbackReason.InvalidAudio : FallbackReason.Failed, decision);
        }
    }

    private void Accept(TrackedFragment tracked, FragmentDecision decision)
    {
        tracked.TimeoutAt = null;
        (_misnumbered, _lastMisnumbered) = (0, null);
        if (_breaker.OnSuccess(tracked.IsProbe))
            RaiseBreaker();
        tracked.IsProbe = false;
        _ledger.Resolve(tracked, decision);
    }

    /// <summary>A failure of a fragment that is in flight: once more if there is time, else its fallback.</summary>
    private void Reject(TrackedFragment tracked, string? code, bool? retryable, FragmentDecision decision)
    {
        long now = _time.GetTimestamp();
        bool transient = ErrorCodes.IsTransient(code, retryable);
        SettleTimeout(tracked, count: transient);
        bool again = transient && retryable != false && tracked.Attempts < MostAttempts && _breaker.State == BreakerState.Closed
            // An attempt that takes as long as the failed one must still be in time.
            && now + _time.Ticks(SendGate.AfterAnswer) + (now - tracked.SentAt) < tracked.Fragment.Deadline;
        if (again)
        {
            _ledger.Requeue(tracked);
            _gate.OnFailure(now);
        }
        else
            FallBack(tracked, FallbackReason.Failed, decision);
    }

    /// <summary>The answer is here: the breaker waits for it no longer.</summary>
    private void SettleTimeout(TrackedFragment tracked, bool count)
    {
        tracked.TimeoutAt = null;
        if (count)
            CountFailure(tracked, _time.GetTimestamp());
        if (tracked.IsProbe)
            _breaker.OnProbeVoid();
        tracked.IsProbe = false;
    }

    private void OnBackpressure(BackpressureMessage message)
    {
        if (message.Action is not { } action)
            return;
        TimeSpan delay = _gate.OnBackpressure(action, message.RecommendedDelayMs, _time.GetTimestamp());
        if (_loads.Take() is { } more)
            _raise(new BackpressureReceived(action, message.Severity ?? "", delay) { More = more });
    }

    private void OnError(ErrorMessage error)
    {
        bool transient = ErrorCodes.IsTransient(error.Code, error.Retryable);
        string severity = error.Severity ?? "error";
        RaiseError(error.Code, error.Message, severity, error.FragmentId ?? "", transient);
        string text = $"{error.Code ?? "error"}: {error.Message}";
        // What names a fragment that is not in flight is about a session that was given up already.
        TrackedFragment? about = error.FragmentId is { } id ? _ledger.Find(id) : null;
        bool outdated = error.Code == ErrorCodes.StreamNotFound && error.FragmentId is not null && about is not { SlotUntil: not null };
        if (outdated || TakeSessionError(error.Code, severity == "fatal", about, text))
            return;
        // A full queue or a limit is a refusal, however mildly it is put; other warnings change nothing.
        if (severity == "warning" && !transient)
            return;
        if (_readyBy is not null && error.FragmentId is null)
            RefuseHandshake(text, transient);
        else if (error.FragmentId is not null)
            OnFragmentError(error);
        else if (Unanswered() is { } refused)
            OnFragmentError(error with { FragmentId = refused.Fragment.Id });
        else if (transient)
        {
            _breaker.OnFailure(_time.GetTimestamp(), probe: false);
            RaiseBreaker();
        }
    }

    /// <summary>Which fragment an error is about that names none: where the server acknowledges fragments, the only one that it has not.</summary>
    private TrackedFragment? Unanswered() =>
        _acknowledges && _ledger.Inflight.Where(tracked => !tracked.Acknowledged).Take(2).ToArray() is [var only] ? only : null;

    /// <summary>Errors that are about the session, whatever event they come in.</summary>
    /// <returns>False: it is about something else.</returns>
    private bool TakeSessionError(string? code, bool fatal, TrackedFragment? about, string text)
    {
        if (code == ErrorCodes.AuthFailed || (code == ErrorCodes.InvalidConfig && fatal))
            Finish(StsState.Failed, text, FallbackReason.Failed, TimeSpan.Zero);
        else if (code == ErrorCodes.StreamNotFound)
            LoseSession(text);
        else if (code == ErrorCodes.InvalidSequence && CountMisnumbered(about?.Sequence) >= MostMisnumbered && _state == StsState.Ready)
            LoseConnection($"the server and this client count fragments differently: {text}");
        else if (code == ErrorCodes.StreamPaused && _pauseReason is null && _state == StsState.Ready)
        {
            // Its pause outlived ours: the fragment is lost, those behind it need not be.
            Notify(EventNames.StreamResume, "fragments come");
            return false;
        }
        else
            return false;
        return true;
    }

    // Servers that report a failure as a result and as an error tell it twice.
    private int CountMisnumbered(int? sequence)
    {
        if (sequence is not null && sequence == _lastMisnumbered)
            return _misnumbered;
        _lastMisnumbered = sequence;
        return ++_misnumbered;
    }

    private void RefuseHandshake(string text, bool transient)
    {
        _handshakeError = text;
        if (!transient)
            LoseConnection($"{StateChanged.Refused}: {text}");
    }

    /// <summary>The server refused one fragment: there will be no result, so there is nothing to acknowledge.</summary>
    private void OnFragmentError(ErrorMessage error)
    {
        if (_ledger.Find(error.FragmentId!) is not { Attempts: > 0, Phase: not FragmentPhase.Waiting } tracked)
        {
            Fault(error.Event, "names no fragment that was sent");
            return;
        }

        ReportSent(tracked, tracked.Attempts);
        _ledger.Release(tracked);
        _gate.OnAnswer(tracked.Fragment.Id, _time.GetTimestamp());
        if (tracked.Phase == FragmentPhase.Sent)
            Reject(tracked, error.Code, error.Retryable, new FragmentDecision { Fragment = tracked.Fragment, Outcome = Outcome.Fallback });
        else
            SettleTimeout(tracked, count: false);
    }

    private void Acknowledge(string id, string status) =>
        Transmit(EventNames.FragmentAck, new FragmentAck(id, status, UnixMs()), StsJson.Default.FragmentAck);

    private void RaiseError(string? code, string? message, string severity, string fragmentId, bool retryable)
    {
        if (_errors.Take() is { } more)
            _raise(new ServerError(code ?? "", Short(message ?? ""), severity, fragmentId, retryable) { More = more });
    }

    // For a log and its readers: some servers send a stack trace.
    private static string Short(string text) => text.Length <= LongestText ? text : $"{text[..LongestText]}…";
}
