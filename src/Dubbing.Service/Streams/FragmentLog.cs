using Dubbing.Pipeline;

namespace Dubbing.Service.Streams;

/// <summary>Follows the fragments of a run by the elements' bus messages. Written by one thread, read by any.</summary>
internal sealed class FragmentLog
{
    private const int Kept = 100;
    private readonly Lock _lock = new();
    private readonly LinkedList<FragmentRecord> _records = new();
    private readonly Dictionary<string, LinkedListNode<FragmentRecord>> _byId = [];
    private readonly SortedDictionary<string, long> _fallback = new(StringComparer.Ordinal);
    private long _cut, _sent, _acked, _processed, _dubbed;

    public FragmentCounts Counts
    {
        get
        {
            lock (_lock)
                return new FragmentCounts(_cut, _sent, _acked, _processed, _dubbed, new SortedDictionary<string, long>(_fallback));
        }
    }

    /// <summary>The last hundred, oldest first.</summary>
    public IReadOnlyList<FragmentRecord> Records
    {
        get
        {
            lock (_lock) return [.. _records];
        }
    }

    /// <summary>Takes a message in; returns the record that it changed, or null when it is about no fragment.</summary>
    public FragmentRecord? Add(PipelineElementMessage message)
    {
        var id = message.Text("fragment-id");
        if (id.Length == 0) return null;
        lock (_lock)
        {
            Func<FragmentRecord, FragmentRecord>? change = message.Name switch
            {
                "sts-fragment-cut" => Cut(message),
                "sts-fragment-sent" => Sent(),
                "sts-fragment-acked" => Acked(),
                "sts-fragment-processed" => Processed(message),
                "sts-fragment" => Played(message),
                _ => null,
            };
            if (change is null) return null;
            var node = Find(id, (ulong)(message.Number("index") ?? 0));
            return node.Value = change(node.Value);
        }
    }

    private Func<FragmentRecord, FragmentRecord> Cut(PipelineElementMessage message)
    {
        _cut++;
        return record => record with { StartSeconds = message.Seconds("start-time"), DurationSeconds = message.Seconds("duration") };
    }

    private Func<FragmentRecord, FragmentRecord> Sent()
    {
        _sent++;
        return record => record with { Sent = true };
    }

    private Func<FragmentRecord, FragmentRecord> Acked()
    {
        _acked++;
        return record => record;
    }

    private Func<FragmentRecord, FragmentRecord> Processed(PipelineElementMessage message)
    {
        _processed++;
        return record => record with { AnsweredMs = message.Number("rtt-ms"), SlackMs = message.Number("slack-ms") };
    }

    private Func<FragmentRecord, FragmentRecord> Played(PipelineElementMessage message)
    {
        var outcome = message.Text("outcome");
        var reason = message.Text("reason") is { Length: > 0 } text ? text : null;
        if (outcome == "fallback") _fallback[reason ?? "unknown"] = _fallback.GetValueOrDefault(reason ?? "unknown") + 1;
        else _dubbed++;
        return record => record with
        {
            Outcome = outcome,
            Reason = reason,
            StartSeconds = message.Seconds("start-time"),
            DurationSeconds = message.Seconds("duration"),
        };
    }

    private LinkedListNode<FragmentRecord> Find(string id, ulong index)
    {
        if (_byId.TryGetValue(id, out var node)) return node;
        node = _records.AddLast(new FragmentRecord(id, index));
        _byId.Add(id, node);
        if (_records.Count > Kept)
        {
            _byId.Remove(_records.First!.Value.Id);
            _records.RemoveFirst();
        }

        return node;
    }
}
