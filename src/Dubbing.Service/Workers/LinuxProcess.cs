using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Dubbing.Service.Workers;

/// <summary>What .NET has no call for.</summary>
internal static partial class LinuxProcess
{
    private const int SetParentDeathSignal = 1;
    private const int Sigkill = 9;
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    private static readonly Dictionary<int, string> _signals = new()
    {
        [4] = "SIGILL",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [15] = "SIGTERM",
        [31] = "SIGSYS",
    };

    /// <summary>From now on this process gets SIGKILL when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG).</summary>
    public static void DieWithParent()
    {
        if (Prctl(SetParentDeathSignal, Sigkill, 0, 0, 0) != 0)
            throw new InvalidOperationException($"prctl: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>From now on the calling thread, and each that it starts, gets the processor after what is not as nice (nice(2)).</summary>
    /// <param name="increment">Positive: nobody needs a right for it.</param>
    public static void BeNicer(int increment) => _ = Nice(increment);

    /// <summary>Ends this process at once, whatever its threads do.</summary>
    public static void Exit(int code) => ExitNow(code);

    /// <summary>The process at the other end of a Unix socket (unix(7), SO_PEERCRED).</summary>
    public static int PeerOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return BinaryPrimitives.ReadInt32LittleEndian(credentials);
    }

    /// <summary>Bytes of memory that a process occupies (proc(5), statm); null: it is gone.</summary>
    public static long? ResidentBytes(int id)
    {
        try
        {
            return long.Parse(File.ReadAllText($"/proc/{id}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>An exit code in words; .NET reports a signal as 128 and its number.</summary>
    public static string Describe(int exitCode) => exitCode switch
    {
        > 128 when _signals.TryGetValue(exitCode - 128, out var name) => $"was killed by signal {exitCode - 128} ({name})",
        > 128 => $"was killed by signal {exitCode - 128}",
        _ => $"ended with code {exitCode}",
    };

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    [LibraryImport("libc", EntryPoint = "nice")]
    private static partial int Nice(int increment);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);
}
