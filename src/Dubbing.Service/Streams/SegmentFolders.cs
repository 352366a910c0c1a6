using System.Collections.Concurrent;
using Dubbing.Elements;
using Dubbing.Service.Configuration;

namespace Dubbing.Service.Streams;

/// <summary>Makes the folders of runs and removes old ones. Trouble with the disk is logged; it does not stop a stream.
/// Thread-safe.</summary>
internal sealed class SegmentFolders(SegmentOptions options, TimeProvider time, ILogger<SegmentFolders> logger)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly ConcurrentDictionary<string, byte> _inUse = new(StringComparer.Ordinal);
    private readonly Lock _tidying = new();
    private bool _tidyAsked;

    /// <summary>Makes a run's folder, for the service's user only.</summary>
    public void Begin(string streamId, string runId) => Guard(() =>
    {
        var folder = StreamValues.SegmentFolder(options, streamId, runId);
        _inUse.TryAdd(folder, 0);
        Directory.CreateDirectory(Path.Combine(options.Folder, streamId), OwnerOnly);
        Directory.CreateDirectory(folder, OwnerOnly);
    });

    /// <summary>A run has ended: its folder is now among those that may go. Tidies up on a thread of its own.</summary>
    public void End(string streamId, string runId)
    {
        _inUse.TryRemove(StreamValues.SegmentFolder(options, streamId, runId), out _);
        // Many may end at once: one that goes over the disk and one that waits for it do for all.
        if (!Interlocked.Exchange(ref _tidyAsked, true)) _ = Task.Run(Tidy);
    }

    /// <summary>Removes ended runs beyond number, age and size, and of those that run the files beyond age and size, the oldest first.</summary>
    public void Tidy()
    {
        lock (_tidying)
        {
            // What ends from here on asks again.
            Volatile.Write(ref _tidyAsked, false);
            Guard(TidyAll);
        }
    }

    private void TidyAll()
    {
        var oldest = time.GetUtcNow() - options.MaxAge;
        long size = 0;
        foreach (var file in FilesOfRunning().OrderByDescending(file => file.LastWriteTimeUtc))
        {
            Guard(() =>
            {
                if (!IsKept(file.LastWriteTimeUtc, file.Length)) file.Delete();
            });
        }

        foreach (var (run, place) in EndedRuns().OrderByDescending(entry => entry.Run.Name, StringComparer.Ordinal))
        {
            // Each by itself: the older ones must go although one can't.
            Guard(() =>
            {
                var length = run.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
                if (place < options.MaxRuns && IsKept(run.LastWriteTimeUtc, length)) return;
                run.Delete(recursive: true);
                if (IsOver(run.Parent!)) run.Parent!.Delete();
            });
        }

        // What goes for its age or number takes nothing of the room; what no longer fits does, so that the oldest go.
        bool IsKept(DateTime written, long length) => written >= oldest && (size += length) <= options.MaxBytes;
    }

    // Not those that are being written.
    private List<FileInfo> FilesOfRunning()
    {
        var files = new List<FileInfo>();
        foreach (var run in _inUse.Keys)
            Guard(() => files.AddRange(new DirectoryInfo(run).EnumerateFiles().Where(file => file.Extension != StsSink.Unfinished)));
        return files;
    }

    // With their place among their stream's, the newest first: run ids sort by time. What else stands in the folder is not ours.
    private List<(DirectoryInfo Run, int Place)> EndedRuns()
    {
        var runs = new List<(DirectoryInfo, int)>();
        foreach (var stream in new DirectoryInfo(options.Folder).EnumerateDirectories().Where(folder => folder.LinkTarget is null && StreamPath.IsId(folder.Name)))
        {
            Guard(() => runs.AddRange(stream.EnumerateDirectories()
                .Where(run => run.LinkTarget is null && StreamRun.IsId(run.Name) && !_inUse.ContainsKey(run.FullName))
                .OrderByDescending(run => run.Name, StringComparer.Ordinal).Select((run, place) => (run, place))));
        }

        return runs;
    }

    // A run that begins at this moment makes the stream's folder again.
    private bool IsOver(DirectoryInfo stream) =>
        !_inUse.Keys.Any(run => Path.GetDirectoryName(run) == stream.FullName) && !stream.EnumerateFileSystemInfos().Any();

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogError("segment files: {Message}", e.Message);
        }
    }
}
