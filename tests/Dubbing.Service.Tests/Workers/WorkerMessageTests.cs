using System.Net.Sockets;
using Dubbing.Pipeline;
using Dubbing.Service.Workers;

namespace Dubbing.Service.Tests.Workers;

/// <summary>What one side says the other side hears.</summary>
public sealed class WorkerMessageTests
{
    private static readonly DateTimeOffset _at = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly Dictionary<string, object> _fields = new()
    {
        ["text"] = "a \"text\"\n\0with ünïcode",
        ["yes"] = true,
        ["no"] = false,
        ["int"] = int.MinValue,
        ["uint"] = uint.MaxValue,
        ["long"] = long.MinValue,
        ["none"] = ulong.MaxValue,
        ["double"] = 0.1,
        ["whole"] = 3.0,
        ["nan"] = double.NaN,
    };

    [Fact]
    public async Task Fields_of_structures_keep_value_and_type()
    {
        var heard = (WorkerMessage.Happened)await PassAsync(new WorkerMessage.Happened(new PipelineElementMessage(_at, "dub", "sts-fragment", _fields)));
        var message = Assert.IsType<PipelineElementMessage>(heard.Event);
        Assert.Equal((_at, "dub", "sts-fragment"), (message.At, message.Element, message.Name));
        Same(_fields, message.Fields);
        var beat = (WorkerMessage.Beat)await PassAsync(new WorkerMessage.Beat(new() { ["out"] = _fields, ["gate"] = new Dictionary<string, object>() }));
        Same(_fields, beat.Stats["out"]);
        Assert.Empty(beat.Stats["gate"]);
    }

    public static TheoryData<PipelineEvent> Events =>
    [
        new PipelineStateChanged(_at, PipelineState.Running),
        new PipelineError(_at, "source", "rtmp2src", "it's gone", null),
        new PipelineWarning(_at, "mux", "flvmux", "late", "detail"),
        new PipelineEndOfStream(_at),
        new PipelineLatencyChanged(_at, TimeSpan.FromMilliseconds(15020)),
    ];

    [Theory]
    [MemberData(nameof(Events), DisableDiscoveryEnumeration = true)]
    public async Task Events_arrive_as_they_were(PipelineEvent e) =>
        Assert.Equal(new WorkerMessage.Happened(e), await PassAsync(new WorkerMessage.Happened(e)));

    [Fact]
    public async Task A_launch_has_text_values_and_which_of_them_are_secret()
    {
        var values = new Dictionary<string, PlaceholderValue> { ["input"] = "rtmp://127.0.0.1/live/a/in", ["key"] = new("s3cr3t", Secret: true) };
        var heard = (WorkerMessage.Launch)await PassAsync(new WorkerMessage.Launch("dub.launch", "a ! b # c\n! d", values));
        Assert.Equal(("dub.launch", "a ! b # c\n! d"), (heard.File, heard.Text));
        Assert.Equal(values, heard.Values);
    }

    [Fact]
    public async Task Plain_messages_arrive_as_they_were()
    {
        WorkerMessage[] all =
        [
            new WorkerMessage.Stop(true, TimeSpan.FromSeconds(20.5)), new WorkerMessage.AskGraph(), new WorkerMessage.Leave(), new WorkerMessage.Launched(),
            new WorkerMessage.Refused("no element"), new WorkerMessage.Graph("digraph {}"), new WorkerMessage.Ended("", true),
        ];
        foreach (var message in all) Assert.Equal(message, await PassAsync(message));
    }

    [Fact]
    public async Task The_other_side_s_end_is_the_end()
    {
        var (here, there) = Pair();
        there.Send(new WorkerMessage.Launched());
        there.Dispose();
        Assert.Equal(new WorkerMessage.Launched(), await here.ReceiveAsync());
        Assert.Null(await here.ReceiveAsync());
        Assert.ThrowsAny<IOException>(() => here.Send(new WorkerMessage.AskGraph()));
        here.Dispose();
    }

    private static void Same(Dictionary<string, object> expected, IReadOnlyDictionary<string, object> heard)
    {
        Assert.Equal(expected.Keys.Order(), heard.Keys.Order());
        Assert.All(expected, field =>
        {
            Assert.IsType(field.Value.GetType(), heard[field.Key]);
            Assert.Equal(field.Value, heard[field.Key]);
        });
    }

    private static async Task<WorkerMessage> PassAsync(WorkerMessage message)
    {
        var (here, there) = Pair();
        using (here)
        using (there)
        {
            here.Send(message);
            return (await there.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken))!;
        }
    }

    private static (WorkerChannel Here, WorkerChannel There) Pair()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var name = new UnixDomainSocketEndPoint($"\0dubbing-test-{Guid.NewGuid():n}");
        listener.Bind(name);
        listener.Listen();
        var here = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        here.Connect(name);
        return (new WorkerChannel(here), new WorkerChannel(listener.Accept()));
    }
}
