using System.Globalization;
using Dubbing.Elements.Sts;
using Dubbing.Elements.Sts.Exchange;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>Every event in every state of a fragment does what the table in the code's documentation says.</summary>
public sealed class FragmentTransitionTests
{
    private static readonly Dictionary<string, Action<Subject>> Events = new(StringComparer.Ordinal)
    {
        ["the one before answered"] = it => it.AnswerBefore(),
        ["backpressure none"] = it => it.Harness.Receive("backpressure", """{"action":"none"}"""),
        ["250 ms later"] = it => it.Harness.Run(TimeSpan.FromMilliseconds(250)),
        ["backpressure pause"] = it => it.Harness.Receive("backpressure", """{"action":"pause","recommended_delay_ms":60000}"""),
        ["fragment:ack"] = it => it.Harness.Receive("fragment:ack", $$"""{"fragment_id":"{{it.Id}}","status":"queued"}"""),
        ["result with audio"] = it => it.Result("success", it.Sequence, Audio),
        ["result of 1st attempt"] = it => it.Result("success", 0, Audio),
        ["result without audio"] = it => it.Result("success", it.Sequence, ""),
        ["result, may pass"] = it => it.Result("failed", it.Sequence, Error("GPU_OOM", true)),
        ["result, will not pass"] = it => it.Result("failed", it.Sequence, Error("MALFORMED_DATA", false)),
        ["result after deadline"] = it =>
        {
            it.Harness.Jump(Deadline);
            it.Result("success", it.Sequence, Audio);
        },
        ["error, may pass"] = it => it.Harness.Receive("error", $$"""{"code":"QUEUE_FULL","severity":"error","fragment_id":"{{it.Id}}"}"""),
        ["error, will not pass"] = it =>
            it.Harness.Receive("error", $$"""{"code":"FRAGMENT_TOO_LARGE","severity":"error","fragment_id":"{{it.Id}}"}"""),
        ["deadline"] = it => it.Harness.Run(Deadline),
        ["sent + timeout"] = it => it.Harness.Run(Timeout),
        ["breaker opens"] = it =>
        {
            for (int i = 0; i < 5; i++)
                it.Harness.Receive("error", """{"code":"MODEL_ERROR","severity":"error"}""");
        },
        ["connection lost"] = it => it.Harness.Close("lost"),
        ["server lost the session"] = it => it.Harness.Receive("error", """{"code":"STREAM_NOT_FOUND","severity":"error"}"""),
        ["refused for good"] = it => it.Harness.Receive("error", """{"code":"AUTH_FAILED"}"""),
        ["our pause"] = it => it.Harness.Step(() => it.Harness.Exchange.Pause("test")),
        ["end, no time left"] = it => it.Harness.Step(() => it.Harness.Exchange.End("test", TimeSpan.Zero)),
        ["given up"] = it => it.Harness.Step(() => it.Harness.Exchange.Abort()),
        ["place held for too long"] = it => it.Harness.Run(Slot),
    };

    private const string Audio = ""","dubbed_audio":{"data_base64":"AQID"}""";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string, string> Cells => new(TransitionTable.Read());

    [Fact]
    public void The_table_has_every_event_once() =>
        Assert.Equal(
            Events.Keys.Order(StringComparer.Ordinal), TransitionTable.Read().Select(cell => cell.Event).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_event_in_every_state_does_what_the_table_says(string happened, string state, string cell)
    {
        var it = new Subject(state);
        Assert.Equal(state, it.State);
        int decided = it.Harness.Decisions.Count();
        int sent = it.Harness.Link.Sent.Count;
        int faults = it.Harness.Events.OfType<ProtocolFault>().Count();
        ulong failures = it.Harness.Exchange.Snapshot.BreakerFailures;
        FakeConnection link = it.Harness.Link;

        Events[happened](it);

        string note = cell.Contains('(', StringComparison.Ordinal) ? cell[cell.IndexOf('(', StringComparison.Ordinal)..] : "";
        string[] expected = cell[..^note.Length].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected[0] == "=" ? state : expected[0], it.State);
        string[] decisions = [.. it.Harness.Decisions.Skip(decided).Where(decision => decision.Fragment.Id == it.Id).Select(Name)];
        Assert.Equal([.. expected.Skip(1).Where(word => word is not ("A" or "R"))], decisions);
        string[] acks = [.. link.Sent.Skip(sent).Where(it.IsAck).Select(ack => ack.Payload.GetProperty("status").GetString()!)];
        Assert.Equal([.. expected.Skip(1).Where(word => word is "A" or "R").Select(word => word == "A" ? "applied" : "received")], acks);
        if (note == "(fault)")
            Assert.True(it.Harness.Events.OfType<ProtocolFault>().Count() > faults);
        else if (happened != "result without audio")
            Assert.Equal(faults, it.Harness.Events.OfType<ProtocolFault>().Count());
        if (note == "(breaker counts)")
            Assert.Equal(failures + 1, it.Harness.Exchange.Snapshot.BreakerFailures);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void After_any_event_in_any_state_the_end_leaves_nothing_undecided(string happened, string state, string cell)
    {
        var it = new Subject(state);
        Events[happened](it);
        it.Harness.Step(it.Harness.Exchange.Abort);
        Assert.NotEmpty(cell);
        Assert.Equal(
            it.Submitted.Select(fragment => fragment.Id), it.Harness.Decisions.Select(decision => decision.Fragment.Id));
        Assert.True(it.Harness.Exchange.IsOver);
    }

    private static string Error(string code, bool retryable) =>
        string.Create(CultureInfo.InvariantCulture, $$$""","error":{"code":"{{{code}}}","message":"no","retryable":{{{(retryable ? "true" : "false")}}}}""");

    private static string Name(FragmentDecision decision) => decision.Reason switch
    {
        FallbackReason.None => "dubbed",
        FallbackReason.InvalidAudio => "invalid_audio",
        FallbackReason.BreakerOpen => "breaker_open",
        var reason => reason.ToString().ToLowerInvariant(),
    };

    /// <summary>A fragment in the state that is asked for, and what keeps it there.</summary>
    private sealed class Subject
    {
        private readonly Fragment? _before;
        private readonly Fragment _fragment;

        public Subject(string state)
        {
            bool alone = state is not ("Waiting" or "Resolved");
            Harness.Step(Harness.Exchange.Start);
            Harness.Open();
            if (!alone)
                _before = Add();
            _fragment = Add();
            Harness.Ready(state == "Waiting" ? 1 : 2);
            switch (state)
            {
                case "Again":
                    Events["result, may pass"](this);
                    break;
                case "Resent":
                    Events["result, may pass"](this);
                    Events["250 ms later"](this);
                    break;
                case "Resolved" or "Decided":
                    Events["result with audio"](this);
                    break;
                case "Overdue":
                    Harness.Run(Deadline);
                    break;
            }
        }

        public ExchangeHarness Harness { get; } = new();

        public List<Fragment> Submitted { get; } = [];

        public string Id => _fragment.Id;

        public int Sequence => Math.Max(0, Tracked.Sequence);

        public string State => Tracked switch
        {
            { Phase: FragmentPhase.Waiting, Attempts: 0 } => "Waiting",
            { Phase: FragmentPhase.Waiting } => "Again",
            { Phase: FragmentPhase.Sent, Attempts: 1 } => "Sent",
            { Phase: FragmentPhase.Sent } => "Resent",
            { Phase: FragmentPhase.Decided, SlotUntil: not null } => "Overdue",
            { Phase: var phase } => phase.ToString(),
        };

        private TrackedFragment Tracked => Harness.Exchange.Find(Id)!;

        public void AnswerBefore()
        {
            if (_before is { } before)
                Harness.Receive("fragment:processed", $$$"""{"fragment_id":"{{{before.Id}}}","status":"success","dubbed_audio":{"data_base64":"AQID"}}""");
        }

        public void Result(string status, int sequence, string rest) => Harness.Receive(
            "fragment:processed", string.Create(CultureInfo.InvariantCulture, $$"""{"fragment_id":"{{Id}}","status":"{{status}}","sequence_number":{{sequence}}{{rest}}}"""));

        public bool IsAck((string Name, System.Text.Json.JsonElement Payload, long At) sent) =>
            sent.Name == "fragment:ack" && sent.Payload.GetProperty("fragment_id").GetString() == Id;

        private Fragment Add()
        {
            Fragment fragment = Harness.Submit(Deadline.TotalSeconds);
            Submitted.Add(fragment);
            return fragment;
        }
    }
}
