using Dubbing.Elements.Audio;
using Dubbing.Elements.Sessions;
using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>What must hold for any interleaving of results, losses, duplicates, reorderings, disconnects and clock steps.</summary>
public sealed class ExchangePropertyTests
{
    private const int MostUndecided = 64;
    private const int DecidedKept = 64;
    private const int MostInflight = 3;

    [Fact]
    public void Every_fragment_is_decided_once_in_order_and_in_time() => Interleaving.Check(all =>
    {
        var stream = new FakeStream();
        stream.Start();
        foreach (Happening happening in all)
        {
            stream.Apply(happening);
            string[] decided = [.. stream.Harness.Decisions.Select(decision => decision.Fragment.Id)];
            Assert.Equal(stream.Submitted.Take(decided.Length).Select(fragment => fragment.Id), decided);
            long now = stream.Harness.Time.GetTimestamp();
            Assert.All(stream.Submitted.Skip(decided.Length), fragment => Assert.True(fragment.Deadline > now, $"{fragment.Id} is overdue"));
        }

        stream.Harness.Step(stream.Harness.Exchange.Abort);
        Assert.Equal(stream.Submitted.Select(fragment => fragment.Id), stream.Harness.Decisions.Select(decision => decision.Fragment.Id));
        Assert.All(stream.Harness.Decisions, decision => Assert.Equal(decision.Outcome == Outcome.Dubbed, decision.Audio is not null));
        Assert.DoesNotContain(
            stream.Harness.Decisions, decision => decision.Outcome == Outcome.Dubbed && decision.Slack <= TimeSpan.Zero);
    });

    [Fact]
    public void Nothing_grows_without_bound() => Interleaving.Check(all =>
    {
        var stream = new FakeStream();
        stream.Start();
        foreach (Happening happening in all)
        {
            stream.Apply(happening);
            StsSnapshot now = stream.Harness.Exchange.Snapshot;
            Assert.InRange(now.Undecided, 0, MostUndecided);
            Assert.InRange(now.Waiting, 0, MostUndecided);
            Assert.InRange(now.Inflight, 0, MostInflight);
            Assert.InRange(stream.Harness.Exchange.Known, 0, MostUndecided + DecidedKept);
            Assert.Equal(now.Submitted, now.Dubbed + now.Fallback + now.Undecided);
        }
    });

    [Fact]
    public void The_server_gets_numbers_without_gaps_no_more_than_it_confirmed_and_one_acknowledgement_a_result() => Interleaving.Check(all =>
    {
        var stream = new FakeStream();
        stream.Start();
        foreach (Happening happening in all)
        {
            stream.Apply(happening);
            Assert.Equal(stream.Acknowledged.Results, stream.Acknowledged.Acks);
        }
    });

    [Fact]
    public void The_output_is_contiguous_and_every_fragment_fills_its_place() => Interleaving.Check(all =>
    {
        var stream = new FakeStream();
        using var output = new FakeOutput(stream);
        stream.Start();
        foreach (Happening happening in all)
        {
            stream.Apply(happening);
            output.Follow(happening.Amount);
        }

        stream.Harness.Step(stream.Harness.Exchange.Abort);
        output.Follow(0);
        output.PlayOut();
    });

    /// <summary>The playout behind the exchange, read in pieces of any length.</summary>
    private sealed class FakeOutput(FakeStream stream) : IDisposable
    {
        private static readonly Pcm Format = new(1000, 1);
        private readonly Playout _playout = new(Format);
        private readonly List<string> _played = [];
        private readonly short[] _piece = new short[700];
        private long _end;
        private long? _next;
        private int _added;
        private int _decided;

        /// <summary>Takes in what was submitted and decided, and reads a piece.</summary>
        public void Follow(int random)
        {
            foreach (Fragment fragment in stream.Submitted.Skip(_added))
            {
                Slot slot = _playout.Open(_end, fragment.StartTime);
                int samples = (int)(fragment.Duration / 1_000_000);
                _playout.Original.Write(_end, new short[samples]);
                _end += samples;
                _playout.Close(slot, _end, fragment);
                _added++;
            }

            foreach (FragmentDecision decision in stream.Harness.Decisions.Skip(_decided))
            {
                _decided++;
                if (_playout.Decide(decision.Fragment.Id, decision.Outcome, decision.Reason) && decision.Audio is not null)
                    _playout.Supply(decision.Fragment.Id, random % 5 == 0 ? null : Clip(random * 8));
            }

            _playout.Fallback = (FallbackMode)(random % Enum.GetValues<FallbackMode>().Length);
            Read(_next ?? 0, 1 + random % _piece.Length);
        }

        /// <summary>The input has ended: everything is due.</summary>
        public void PlayOut()
        {
            _playout.InputEnded = true;
            while (Read(long.MaxValue, _piece.Length) == PlayoutResult.Data)
            {
            }

            Assert.Equal(_end, _next ?? 0);
            Assert.Equal(stream.Submitted.Select(fragment => fragment.Id), _played);
        }

        public void Dispose() => _playout.Dispose();

        private static PcmClip Clip(int samples)
        {
            var clip = new PcmClip(Format);
            clip.Append(new short[samples]);
            return clip;
        }

        private PlayoutResult Read(long due, int length)
        {
            PlayoutResult result = _playout.Read(due, _piece.AsSpan(0, length), out long position, out int count);
            _played.AddRange(_playout.TakePlayed().Select(fragment => fragment.Id));
            if (result != PlayoutResult.Data)
                return result;
            Assert.InRange(count, 1, length);
            Assert.Equal(_next ?? 0, position);
            _next = position + count;
            return result;
        }
    }
}
