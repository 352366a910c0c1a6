using System.Net.Sockets;
using System.Runtime.InteropServices;
using Dubbing.Elements;
using Dubbing.Pipeline;
using Gst;

namespace Dubbing.Service.Workers;

/// <summary>What <c>dubbing worker &lt;socket&gt;</c> does. Only the service starts it so.</summary>
internal static class WorkerProgram
{
    /// <summary>The first argument.</summary>
    public const string Command = "worker";

    /// <summary>Exit code: it could not tell what became of its pipeline.</summary>
    public const int Failed = 4;

    private const int ServiceGone = 3;

    // The service does little, and what it does can't wait: hooks are answered while twenty streams start or one of them hangs.
    private const int Niceness = 10;

    /// <summary>Runs until the service has no more use for it.</summary>
    /// <param name="socketName">The abstract name of the service's socket.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string socketName)
    {
        LinuxProcess.DieWithParent();
        LinuxProcess.BeNicer(Niceness);
        // A terminal's Ctrl+C and systemd's stop reach every process; the service is the one that drains.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint($"\0{socketName}"));
        }
        catch (SocketException e)
        {
            Console.Error.WriteLine($"dubbing worker: the service can't be reached: {e.Message}. Workers are started by the service, not by hand.");
            return ServiceGone;
        }

        // What works ahead of the output is nicer still: nine threads of nice 10 weigh as much as one of the service's.
        StreamingThreads.InitWithoutPool();
        DubbingPlugin.Register();
        using var channel = new WorkerChannel(socket);
        var released = await new Worker(channel, new PipelineLauncher()).RunAsync();
        // Nobody hears any more what would be played out.
        if (!released) LinuxProcess.Exit(ServiceGone);
        await DubbingPlugin.EndSessionsAsync();
        return 0;
    }
}
