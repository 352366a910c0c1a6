using System.Text.Json.Serialization.Metadata;
using Dubbing.Elements.Sts.Protocol;

namespace Dubbing.Elements.Sts.Exchange;

/// <content>The connection: connect, handshake, loss, reconnect, end.</content>
internal sealed partial class FragmentExchange
{
    public void OnConnected(IConnection connection)
    {
        if (connection != _connection)
            return;
        _connected = true;
        ChangeState(StsState.Connected, "");
        if (_format is not null)
            Initialize();
    }

    public void OnClosed(IConnection connection, string reason, bool authenticationRefused)
    {
        _connections.Remove(connection);
        if (connection != _connection)
            return;
        _connection = null;
        if (authenticationRefused)
            Finish(StsState.Failed, reason, FallbackReason.Failed, TimeSpan.Zero);
        else if (_endReason is not null)
            Finish(StsState.Ended, _endReason, FallbackReason.Disconnected, TimeSpan.Zero);
        else
            LoseConnection(reason);
    }

    private void Connect()
    {
        _reconnectAt = null;
        _handshakeError = "";
        ChangeState(StsState.Connecting, "");
        _connection = _connect(this);
        _connections.Add(_connection);
        _connection.Open();
    }

    private void Initialize()
    {
        _announced = _ledger.Waiting.Count > 0 ? FormatOf(_ledger.Waiting[0].Fragment) : _format!.Value;
        (int rate, int channels) = _announced;
        _nextSequence = 0;
        (_misnumbered, _lastMisnumbered) = (0, null);
        _acknowledges = false;
        _silence = 0;
        _readyBy = _time.GetTimestamp() + _time.Ticks(ReadyLimit);
        var config = new StreamConfig(
            _options.SourceLanguage, _options.TargetLanguage, _options.VoiceProfile, _options.FragmentDurationMs, rate, channels, M4a,
            _options.DomainHints.Count > 0 ? _options.DomainHints : null);
        Transmit(
            EventNames.StreamInit, new StreamInit(_options.StreamId, _options.WorkerId, config, _options.MaxInflight, _options.TimeoutMs),
            StsJson.Default.StreamInit);
    }

    private void OnReady(StreamReadyMessage ready)
    {
        if (_readyBy is null || _state != StsState.Connected)
        {
            Fault(ready.Event, "was not asked for");
            return;
        }

        if (ready.StreamId is { } id && id != _options.StreamId)
        {
            Fault(ready.Event, "is about another stream");
            return;
        }

        _readyBy = null;
        _maxInflight = (int)Math.Min(ready.MaxInflight ?? _options.MaxInflight, _options.MaxInflight);
        _delays.Reset();
        if (_wasReady && _lost)
            _counts = _counts with { Reconnects = _counts.Reconnects + 1 };
        _wasReady = true;
        _lost = false;
        ChangeState(StsState.Ready, ready.SessionId is { } session ? $"session {session}" : "");
        if (_pauseReason is not null)
            Notify(EventNames.StreamPause, _pauseReason);
    }

    private void AdvanceLink(long now)
    {
        if (_reconnectAt <= now)
            Connect();
        if (_readyBy <= now)
            LoseConnection($"no stream:ready within {ReadyLimit.TotalSeconds:0} s{Suffix(_handshakeError)}");
    }

    private void AdvanceEnd(long now)
    {
        if (_endReason is null || IsFinal)
            return;
        if (!_endSent && (_ledger.Open.Count == 0 || _endBy <= now))
        {
            foreach (TrackedFragment tracked in _ledger.Open.ToArray())
                FallBack(tracked, ReasonAtDeadline(tracked));
            _ledger.Report();
            if (_state != StsState.Ready)
            {
                Finish(StsState.Ended, _endReason, FallbackReason.Disconnected, TimeSpan.Zero);
                return;
            }

            _endSent = true;
            _completeBy = now + _time.Ticks(CompleteLimit);
            Notify(EventNames.StreamEnd, _endReason);
        }
        else if (_endSent && _completeBy <= now)
        {
            Fault(EventNames.StreamComplete, $"did not come within {CompleteLimit.TotalSeconds:0} s");
            Finish(StsState.Ended, _endReason, FallbackReason.Disconnected, TimeSpan.Zero);
        }
    }

    private void OnComplete(StreamCompleteMessage complete)
    {
        _raise(new StreamCompleted(
            complete.TotalFragments ?? 0, complete.TotalDurationMs ?? 0,
            complete.SuccessCount ?? 0, complete.PartialCount ?? 0, complete.FailedCount ?? 0));
        if (_endSent)
            Finish(StsState.Ended, _endReason!, FallbackReason.Disconnected, FlushLimit);
    }

    private void LoseConnection(string reason)
    {
        DropConnection(TimeSpan.Zero);
        _lost = true;
        ForgetServer();
        FallBackAll(_ledger.Open, FallbackReason.Disconnected);
        if (_endReason is not null)
        {
            Finish(StsState.Ended, _endReason, FallbackReason.Disconnected, TimeSpan.Zero);
            return;
        }

        _reconnectAt = _time.GetTimestamp() + _time.Ticks(_delays.Next());
        ChangeState(StsState.Disconnected, reason);
    }

    /// <summary>
    /// The server knows the stream no more: what it worked on is lost, what waits can go to its next session. Servers say so for
    /// each event of the lost session, the first one is enough: what comes during the handshake is about the one that was given up.
    /// </summary>
    private void LoseSession(string reason)
    {
        if (_state != StsState.Ready)
            return;
        if (_endSent)
        {
            // What was to be ended is gone.
            Finish(StsState.Ended, _endReason!, FallbackReason.Disconnected, TimeSpan.Zero);
            return;
        }

        ForgetServer();
        FallBackAll([.. _ledger.Open.Where(tracked => tracked.Phase == FragmentPhase.Sent)], FallbackReason.Disconnected);
        _lost = true;
        ChangeState(StsState.Connected, reason);
        Initialize();
    }

    private void ForgetServer()
    {
        foreach (TrackedFragment tracked in _ledger.Inflight.ToArray())
        {
            tracked.TimeoutAt = null;
            if (tracked.IsProbe)
                _breaker.OnProbeVoid();
            tracked.IsProbe = false;
            _ledger.Release(tracked);
        }

        _gate.Reset();
        _maxInflight = _options.MaxInflight;
    }

    private void Finish(StsState state, string reason, FallbackReason fallback, TimeSpan flush)
    {
        DropConnection(flush);
        ForgetServer();
        _reconnectAt = null;
        _endBy = null;
        _completeBy = null;
        FallBackAll(_ledger.Open, fallback);
        _ledger.Report();
        ChangeState(state, reason);
    }

    private void DropConnection(TimeSpan flush)
    {
        _connection?.Close(flush);
        _connection = null;
        _connected = false;
        _readyBy = null;
    }

    private void ChangeState(StsState state, string reason)
    {
        _state = state;
        _raise(new StateChanged(state, reason, _counts.Reconnects));
    }

    private void Notify(string name, string reason) =>
        Transmit(name, new StreamNotice(_options.StreamId, reason), StsJson.Default.StreamNotice);

    private void Transmit<T>(string name, T payload, JsonTypeInfo<T> type, int size = 1024, Action? written = null)
    {
        // A full queue of small events means that the server takes nothing: as good as lost.
        if (_connection is { } connection && !connection.Send(name, payload, type, size, written))
            LoseConnection("the server takes no more data");
    }

    private static string Suffix(string text) => text.Length == 0 ? "" : $" ({text})";
}
