using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Sessions;

/// <summary>What was told of a session's fragments, added up: from its beginning, over all its pipelines and exchanges. Thread-safe.</summary>
internal sealed class SessionCounts
{
    private static readonly FallbackReason[] Reasons = [.. Enum.GetValues<FallbackReason>().Where(reason => reason != FallbackReason.None)];

    private readonly Lock _gate = new();
    private readonly ulong[] _fallbacks = new ulong[Enum.GetValues<FallbackReason>().Length];
    private ulong _cut;
    private ulong _sent;
    private ulong _acked;
    private ulong _success;
    private ulong _partial;
    private ulong _failed;
    private ulong _late;
    private ulong _dubbed;
    private ulong _bytesSent;
    private ulong _bytesReceived;
    private TimeSpan? _leastSlack;

    /// <summary>A fragment was cut.</summary>
    public void AddCut()
    {
        lock (_gate)
            _cut++;
    }

    /// <summary>Something happened in the exchange.</summary>
    public void Add(StsEvent happened)
    {
        lock (_gate)
        {
            switch (happened)
            {
                case FragmentSent e:
                    _sent++;
                    _bytesSent += (ulong)e.Fragment.Image.Length;
                    break;
                case FragmentAcked:
                    _acked++;
                    break;
                case FragmentProcessed e:
                    Add(e);
                    break;
                case FragmentDecided { Decision.Audio: { } audio }:
                    _bytesReceived += (ulong)audio.Data.Length;
                    break;
            }
        }
    }

    /// <summary>A fragment's playout began.</summary>
    public void Add(PlayedFragment played)
    {
        lock (_gate)
        {
            if (played.Outcome == Outcome.Dubbed)
                _dubbed++;
            else
                _fallbacks[(int)played.Reason]++;
        }
    }

    /// <summary>All figures by name, as of one moment.</summary>
    /// <param name="name">Makes a reason's name.</param>
    public IReadOnlyList<(string Name, object Value)> ToFields(Func<FallbackReason, string> name)
    {
        lock (_gate)
        {
            return
            [
                ("cut", _cut), ("sent", _sent), ("acked", _acked),
                ("processed", _success + _partial + _failed), ("success", _success), ("partial", _partial), ("failed", _failed), ("late", _late),
                ("dubbed", _dubbed), ("fallback", Reasons.Aggregate(0ul, (sum, reason) => sum + _fallbacks[(int)reason])),
                .. Reasons.Select(reason => ($"fallback-{name(reason)}", (object)_fallbacks[(int)reason])),
                ("bytes-sent", _bytesSent), ("bytes-received", _bytesReceived),
                ("slack-min", (long)(_leastSlack ?? TimeSpan.Zero).TotalNanoseconds),
            ];
        }
    }

    private void Add(FragmentProcessed result)
    {
        switch (result.Status)
        {
            case "success":
                _success++;
                break;
            case "partial":
                _partial++;
                break;
            default:
                _failed++;
                break;
        }
        _late += result.Late ? 1ul : 0;
        if (_leastSlack is not { } least || result.Slack < least)
            _leastSlack = result.Slack;
    }
}
