namespace Dubbing.Testing.Processes;

/// <summary>What a process holds at one moment, as <c>/proc</c> tells it.</summary>
/// <param name="Threads">How many threads there are of each name. The runtime's own, whose pools grow and shrink as they like,
/// are left out.</param>
/// <param name="Files">How many open files there are of each kind: <c>socket</c>, <c>pipe</c>, <c>anon_inode:…</c>, or the path. Libraries,
/// which are loaded when first needed and never closed, are left out.</param>
public sealed record ProcessResources(IReadOnlyDictionary<string, int> Threads, IReadOnlyDictionary<string, int> Files)
{
    private const string RuntimeThread = ".NET ";

    // Connections, pools and idle threads end a moment after what they were for.
    private const int LooksAtRest = 20;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_settling = TimeSpan.FromMinutes(1);

    /// <summary>All threads but the runtime's own.</summary>
    public int ThreadCount => Threads.Values.Sum();

    /// <summary>All open files.</summary>
    public int FileCount => Files.Values.Sum();

    /// <summary>Looks at a process of this user.</summary>
    public static ProcessResources Of(int processId)
    {
        var threads = Entries($"/proc/{processId}/task", task => File.ReadAllText(Path.Combine(task, "comm")).Trim());
        var files = Entries($"/proc/{processId}/fd", fd => Kind(new FileInfo(fd).LinkTarget ?? "gone"));
        return new ProcessResources(
            Count(threads.Where(name => !name.StartsWith(RuntimeThread, StringComparison.Ordinal))),
            Count(files.Where(name => !IsLibrary(name))));
    }

    /// <summary>What a process holds when no more of it has gone for 2 s.</summary>
    /// <exception cref="TimeoutException">Something still goes after a minute.</exception>
    public static async Task<ProcessResources> AtRest(int processId)
    {
        var least = Of(processId);
        var unchanged = 0;
        await Poll.Until(() =>
        {
            var now = Of(processId);
            if (now.ThreadCount + now.FileCount < least.ThreadCount + least.FileCount)
                (least, unchanged) = (now, 0);
            return unchanged++ == LooksAtRest;
        }, s_settling, () => $"{least.ThreadCount} threads, {least.FileCount} files", s_look);
        return least;
    }

    /// <summary>Waits until a process holds no more than in an earlier look.</summary>
    /// <returns>What there is more of all the same, see <see cref="Beyond"/>; empty for nothing.</returns>
    public static Task<string> LeftBeyond(ProcessResources earlier, int processId, TimeSpan timeout) =>
        Poll.Look(() => Of(processId).Beyond(earlier), beyond => beyond.Length == 0, timeout, s_look);

    /// <summary>What there is more of than in an earlier look: <c>name +n</c>, sorted; empty for nothing.</summary>
    public string Beyond(ProcessResources earlier) => string.Join(", ",
        More(earlier.Threads, Threads).Select(more => $"thread {more}").Concat(More(earlier.Files, Files).Select(more => $"file {more}")));

    private static IEnumerable<string> More(IReadOnlyDictionary<string, int> before, IReadOnlyDictionary<string, int> after) =>
        after.Where(entry => entry.Value > before.GetValueOrDefault(entry.Key))
            .Select(entry => $"{entry.Key} +{entry.Value - before.GetValueOrDefault(entry.Key)}").Order(StringComparer.Ordinal);

    private static List<string> Entries(string folder, Func<string, string> read)
    {
        var entries = new List<string>();
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            try
            {
                entries.Add(read(entry));
            }
            catch (IOException)
            {
                // A thread or file that ended between listing and reading: it is not there.
            }
        }

        return entries;
    }

    // With its symbols, which are read when an exception's stack is first told.
    private static bool IsLibrary(string name) => name.EndsWith(".dll", StringComparison.Ordinal) || name.EndsWith(".pdb", StringComparison.Ordinal);

    // socket:[123] and pipe:[123] are all different.
    private static string Kind(string target)
    {
        var number = target.IndexOf(":[", StringComparison.Ordinal);
        return number > 0 && target.EndsWith(']') && !target.StartsWith("anon_inode", StringComparison.Ordinal) ? target[..number] : target;
    }

    private static Dictionary<string, int> Count(IEnumerable<string> names) =>
        names.CountBy(name => name).ToDictionary(StringComparer.Ordinal);
}
