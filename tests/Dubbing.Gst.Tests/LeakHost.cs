using System.Runtime.InteropServices;
using Gst;

namespace Dubbing.Gst.Tests;

/// <summary>The test executable's entry point: the test runner, or, as the leak test's child, a host that runs pipelines, ends
/// GStreamer and leaves.</summary>
internal static partial class LeakHost
{
    /// <summary>Set to a description, this variable makes the executable a host that runs it again and again.</summary>
    public const string Variable = "DUBBING_LEAK_HOST";

    private const int Runs = 10;

    public static int Main(string[] args)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } description)
            return Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();
        Gstreamer.Ensure();
        for (var run = 0; run < Runs; run++)
            Run(description);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Deinit();
        Console.Out.WriteLine("leak host: done");
        return 0;
    }

    private static void Run(string description)
    {
        using var pipeline = Parse.Launch(description);
        using var bus = pipeline.Bus!;
        pipeline.SetState(State.Playing);
        using var message = bus.TimedPopFiltered(20 * Clock.Second, MessageType.Eos | MessageType.Error);
        using var sink = pipeline.GetByName("it")!;
        _ = ElementStats.Read(sink);
        _ = sink.QueryLatency();
        pipeline.SetState(State.Null);
    }

    [LibraryImport("libgstreamer-1.0.so.0", EntryPoint = "gst_deinit")]
    private static partial void Deinit();
}
