using System.Runtime.InteropServices;
using Gst;

namespace Dubbing.Elements.Tests;

/// <summary>A pipeline in a test: every wait is bounded, and what it reports is kept in order.</summary>
internal sealed partial class TestPipeline : IDisposable
{
    private const ulong Limit = 20 * Clock.Second;
    private const int FatalLevels = 1 << 2 | 1 << 3;

    private readonly Bus _bus;

    static TestPipeline()
    {
        Application.Init();
        DubbingPlugin.Register();
        // A GLib critical is a bug of ours: it ends the test run.
        _ = SetAlwaysFatal(FatalLevels);
    }

    public TestPipeline(string description)
    {
        Native = Parse.Launch(description);
        _bus = Native.Bus!;
    }

    public Gst.Pipeline Native { get; }

    /// <summary>Registers the elements, for tests that use them without a pipeline of their own.</summary>
    public static void EnsureElements() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(TestPipeline).TypeHandle);

    public Element Element(string name) => Native.GetByName(name) ?? throw new ArgumentException($"no element '{name}'");

    public void Play()
    {
        if (Native.SetState(State.Playing) == StateChangeReturn.Failure)
            Assert.Fail($"the pipeline does not start: {NextError()}");
    }

    public void Stop() => Native.SetState(State.Null);

    /// <summary>Sends an EOS into the pipeline, as a host that drains it does.</summary>
    public void SendEos() => Native.SendEvent(Event.NewEos());

    public void WaitForEos()
    {
        using var message = _bus.TimedPopFiltered(Limit, MessageType.Eos | MessageType.Error)
            ?? throw new TimeoutException("neither EOS nor an error");
        if (message.Type == MessageType.Error)
            Assert.Fail(Text(message.ParseError()));
    }

    /// <summary>Waits for EOS and hands out every element message before it.</summary>
    public void WaitForEos(Action<(string Name, IReadOnlyDictionary<string, object> Fields)> onMessage)
    {
        while (_bus.TimedPopFiltered(Limit, MessageType.Element | MessageType.Eos | MessageType.Error) is { } message)
        {
            using (message)
            {
                if (message.Type == MessageType.Eos)
                    return;
                if (message.Type == MessageType.Error)
                    Assert.Fail(Text(message.ParseError()));
                onMessage((message.Structure!.Name, message.Structure.ToDictionary()));
            }
        }
        throw new TimeoutException("neither EOS nor an error");
    }

    /// <summary>The next error; fails if none comes.</summary>
    public string NextError()
    {
        using var message = _bus.TimedPopFiltered(Limit, MessageType.Error) ?? throw new TimeoutException("no error");
        return Text(message.ParseError());
    }

    /// <summary>The next warning; fails if none comes.</summary>
    public string NextWarning()
    {
        using var message = _bus.TimedPopFiltered(Limit, MessageType.Warning) ?? throw new TimeoutException("no warning");
        return Text(message.ParseWarning());
    }

    /// <summary>The next message of an element, by the name of its structure.</summary>
    public IReadOnlyDictionary<string, object> Next(string structure)
    {
        while (_bus.TimedPopFiltered(Limit, MessageType.Element | MessageType.Error) is { } message)
        {
            using (message)
            {
                if (message.Type == MessageType.Error)
                    Assert.Fail(Text(message.ParseError()));
                if (message.Structure is { } found && found.Name == structure)
                    return found.ToDictionary();
            }
        }
        throw new TimeoutException($"no {structure}");
    }

    /// <summary>What is on the bus by now, warnings and element messages.</summary>
    public List<(string Name, IReadOnlyDictionary<string, object> Fields)> Drain()
    {
        var result = new List<(string, IReadOnlyDictionary<string, object>)>();
        while (_bus.TimedPopFiltered(0, MessageType.Element | MessageType.Error | MessageType.Warning) is { } message)
        {
            using (message)
            {
                if (message.Type == MessageType.Element)
                    result.Add((message.Structure!.Name, message.Structure.ToDictionary()));
                else
                    result.Add((message.Type.ToString(), new Dictionary<string, object>
                    {
                        ["text"] = Text(message.Type == MessageType.Error ? message.ParseError() : message.ParseWarning()),
                    }));
            }
        }
        return result;
    }

    public void Dispose()
    {
        Stop();
        _bus.Dispose();
        Native.Dispose();
    }

    private static string Text((GLib.GException Error, string? Debug) error) => $"{error.Error.Message} ({error.Debug})";

    [LibraryImport("libglib-2.0.so.0", EntryPoint = "g_log_set_always_fatal")]
    private static partial int SetAlwaysFatal(int levels);
}
