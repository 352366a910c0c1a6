using System.Diagnostics;
using Dubbing.Elements.Sts;
using Dubbing.Testing.Scenarios;

namespace Dubbing.Bench;

/// <summary>What became of a load's fragments, by what was played and what the server says it sent, and when.</summary>
/// <param name="Fragments">Fragments cut.</param>
/// <param name="Dubbed">Fragments whose dubbed audio was played.</param>
/// <param name="Unanswered">Fragments whose result the server sent after the deadline, or never: not our fault.</param>
/// <param name="Missed">Fragments whose result the server sent in time, and that were not played dubbed: ours. How many of each reason.</param>
internal sealed record LoadVerdict(int Fragments, int Dubbed, int Unanswered, IReadOnlyDictionary<string, int> Missed)
{
    /// <summary>A result that is sent so shortly before its deadline is not in time: it has to travel.</summary>
    public static readonly TimeSpan Travel = TimeSpan.FromMilliseconds(50);

    /// <summary>Judges.</summary>
    public static LoadVerdict Of(IReadOnlyList<LoadStream> streams, EchoJournal journal)
    {
        var sent = journal.Entries("out", "fragment:processed").GroupBy(entry => (string)entry["fragment_id"]!)
            .ToDictionary(results => results.Key, results => results.Min(result => (double)result["t_ms"]!));
        var (nowMs, now) = (EchoJournal.Now, Stopwatch.GetTimestamp());
        var (fragments, dubbed, unanswered, missed) = (0, 0, 0, new Dictionary<string, int>());
        foreach (var (id, deadline) in streams.SelectMany(stream => stream.Deadlines))
        {
            fragments++;
            var played = streams.Select(stream => stream.Played.GetValueOrDefault(id)).FirstOrDefault(found => found != null);
            var left = nowMs + Stopwatch.GetElapsedTime(now, deadline).TotalMilliseconds - sent.GetValueOrDefault(id, double.MaxValue);
            if (played?.Outcome == Outcome.Dubbed)
                dubbed++;
            else if (left < Travel.TotalMilliseconds)
                unanswered++;
            else
            {
                var reason = played?.Reason.ToString() ?? "not played";
                missed[reason] = missed.GetValueOrDefault(reason) + 1;
            }
        }
        return new LoadVerdict(fragments, dubbed, unanswered, missed);
    }
}
