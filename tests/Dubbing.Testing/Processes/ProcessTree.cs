using System.Globalization;
using System.Runtime.InteropServices;

namespace Dubbing.Testing.Processes;

/// <summary>Single processes, seen and signalled from outside by their number (<c>/proc</c>): workers that a service has started, or a service
/// without its workers.</summary>
public static partial class ProcessTree
{
    private const int NotPermitted = 1;
    private const int NoSuchProcess = 3;

    // SCHED_FIFO, and SCHED_RESET_ON_FORK for what the process starts.
    private const int RealTime = 1 | 0x40000000;

    /// <summary>Sends a signal to one process, not to what it has started; nothing happens when it is gone.</summary>
    public static void Signal(int id, UnixSignal signal)
    {
        if (Kill(id, (int)signal) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
            throw new InvalidOperationException($"kill({id}, {signal}) failed with errno {error}.");
    }

    /// <summary>Sends SIGSEGV until the process is gone: .NET takes the first for a fault of its own code and lets the code try again.</summary>
    public static Task Crash(int id) => Poll.Until(() =>
    {
        Signal(id, UnixSignal.SegmentationFault);
        return !IsAlive(id);
    }, TimeSpan.FromSeconds(5), () => $"process {id} is there", TimeSpan.FromMilliseconds(10));

    /// <summary>From now on it does not wait for a processor that another process has (sched(7)), where that is allowed; what it starts
    /// does. Nothing happens when it is gone: whoever waits for it says why.</summary>
    public static void PutFirst(int id)
    {
        var priority = 1;
        if (SetScheduler(id, RealTime, ref priority) != 0 && Marshal.GetLastPInvokeError() is var error and not NotPermitted and not NoSuchProcess)
            throw new InvalidOperationException($"sched_setscheduler({id}) failed with errno {error}.");
    }

    /// <summary>Whether it is there and no zombie.</summary>
    public static bool IsAlive(int id) => Look(id) is { IsZombie: false };

    /// <summary>The processes that have a text in their command lines.</summary>
    public static IReadOnlyList<int> WithArgument(string text) => [.. All().Where(id => CommandLine(id).Contains(text, StringComparison.Ordinal))];

    /// <summary>The processes that a process has started and that are not gone, in order.</summary>
    public static IReadOnlyList<int> Children(int id) => [.. Of(id).Where(child => !child.IsZombie).Select(child => child.Id)];

    /// <summary>Those that have ended without their parent having taken notice.</summary>
    public static IReadOnlyList<int> Zombies(int id) => [.. Of(id).Where(child => child.IsZombie).Select(child => child.Id)];

    private static IEnumerable<(int Id, bool IsZombie)> Of(int parent) =>
        from id in All()
        let seen = Look(id)
        where seen?.Parent == parent
        select (id, seen.Value.IsZombie);

    private static IEnumerable<int> All() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let id = int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
        where id > 0
        orderby id
        select id;

    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            // It has ended.
            return "";
        }
    }

    private static (int Parent, bool IsZombie)? Look(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // The name in parentheses may hold anything.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0] is "Z" or "X");
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int pid, int policy, ref int priority);
}
