namespace Dubbing.Elements.Sts.Exchange;

/// <summary>
/// Every fragment that still matters: those that are not decided, those that hold a place at the server, and the last
/// decided ones, so that what comes late has a name. Not thread-safe: lives on the session's loop.
/// </summary>
/// <remarks>
/// Decisions are reported in the order of submission.
/// A place at the server is free again when a result was acknowledged, when the server refused the fragment, when the
/// connection ends, or after a time that no working server needs: a fragment whose place fell back at its deadline is
/// still the server's work, and sending another would exceed what it confirmed.
/// </remarks>
internal sealed class FragmentLedger(Action<FragmentDecision> onDecided)
{
    private const int DecidedKept = 64;

    private readonly Dictionary<string, TrackedFragment> _byId = new(StringComparer.Ordinal);
    private readonly List<TrackedFragment> _open = [];
    private readonly List<TrackedFragment> _waiting = [];
    private readonly List<TrackedFragment> _inflight = [];
    private readonly Queue<TrackedFragment> _decided = new();

    /// <summary>Not decided yet, in the order of submission.</summary>
    public IReadOnlyList<TrackedFragment> Open => _open;

    /// <summary>To be sent, in that order.</summary>
    public IReadOnlyList<TrackedFragment> Waiting => _waiting;

    /// <summary>Holding a place at the server.</summary>
    public IReadOnlyList<TrackedFragment> Inflight => _inflight;

    /// <summary>How many fragments still matter.</summary>
    public int Known => _byId.Count;

    /// <summary>The fragment of that name, if it still matters.</summary>
    public TrackedFragment? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Takes a fragment in; it waits to be sent.</summary>
    public TrackedFragment Add(Fragment fragment)
    {
        var tracked = new TrackedFragment(fragment);
        // An id that comes twice stays with the fragment that was sent under it.
        _byId.TryAdd(fragment.Id, tracked);
        _open.Add(tracked);
        _waiting.Add(tracked);
        return tracked;
    }

    /// <summary>It is handed to the connection and holds a place.</summary>
    public void Send(TrackedFragment tracked, long slotUntil)
    {
        tracked.Phase = FragmentPhase.Sent;
        tracked.SlotUntil = slotUntil;
        _waiting.Remove(tracked);
        _inflight.Add(tracked);
    }

    /// <summary>Its place at the server is free. Without effect if it holds none.</summary>
    public void Release(TrackedFragment tracked)
    {
        tracked.SlotUntil = null;
        _inflight.Remove(tracked);
    }

    /// <summary>It is to be sent once more, before all that were submitted after it.</summary>
    public void Requeue(TrackedFragment tracked)
    {
        tracked.Phase = FragmentPhase.Waiting;
        int after = _waiting.FindIndex(other => _open.IndexOf(other) > _open.IndexOf(tracked));
        _waiting.Insert(after < 0 ? _waiting.Count : after, tracked);
    }

    /// <summary>What plays in its place is known. Without effect if it was known before: a place is decided once.</summary>
    public void Resolve(TrackedFragment tracked, FragmentDecision decision)
    {
        if (tracked.Phase is FragmentPhase.Resolved or FragmentPhase.Decided)
            return;
        tracked.Phase = FragmentPhase.Resolved;
        tracked.Decision = decision;
        _waiting.Remove(tracked);
    }

    /// <summary>The position in <see cref="Open"/> of the last fragment whose deadline has come; −1 if there is none.</summary>
    public int LastDue(long now) => _open.FindLastIndex(tracked => tracked.Fragment.Deadline <= now);

    /// <summary>Reports all that are resolved, up to the first that is not. The one place where a decision is made known.</summary>
    public void Report()
    {
        while (_open.Count > 0 && _open[0].Phase == FragmentPhase.Resolved)
        {
            TrackedFragment first = _open[0];
            _open.RemoveAt(0);
            Decide(first);
        }
    }

    private void Decide(TrackedFragment tracked)
    {
        FragmentDecision decision = tracked.Decision!;
        tracked.Phase = FragmentPhase.Decided;
        tracked.Decision = null;
        tracked.Fragment = tracked.Fragment with { Image = default };
        _decided.Enqueue(tracked);
        if (_decided.Count > DecidedKept)
            Forget(_decided.Dequeue());
        onDecided(decision);
    }

    private void Forget(TrackedFragment tracked)
    {
        if (_byId.GetValueOrDefault(tracked.Fragment.Id) == tracked)
            _byId.Remove(tracked.Fragment.Id);
    }
}
