using Dubbing.Service.Configuration;

namespace Dubbing.Service.Streams;

/// <summary>Makes and removes the folders of runs. Trouble with the disk is logged; it does not stop a stream.</summary>
internal static class SegmentFolders
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly Lock _tidying = new();

    /// <summary>Makes a run's folder, for the service's user only.</summary>
    public static void Create(SegmentOptions options, string streamId, string runId, ILogger logger) => Guard(logger, () =>
    {
        Directory.CreateDirectory(Path.Combine(options.Folder, streamId), OwnerOnly);
        Directory.CreateDirectory(StreamValues.SegmentFolder(options, streamId, runId), OwnerOnly);
    });

    /// <summary>Removes what is beyond number, age and size. Runs of streams that are still on are younger than any that
    /// ended and count towards the size, but are never removed.</summary>
    public static void Tidy(SegmentOptions options, string streamId, string endedRun, TimeProvider time, ILogger logger)
    {
        lock (_tidying)
        {
            Guard(logger, () =>
            {
                var own = new DirectoryInfo(Path.Combine(options.Folder, streamId));
                if (!own.Exists) return;
                // Run ids sort by time; what is not older than the run that just ended may be in use.
                var ended = own.EnumerateDirectories().Where(run => string.CompareOrdinal(run.Name, endedRun) <= 0)
                    .OrderByDescending(run => run.Name, StringComparer.Ordinal).ToList();
                var oldest = time.GetUtcNow() - options.MaxAge;
                long size = 0;
                for (var i = 0; i < ended.Count; i++)
                {
                    size += ended[i].EnumerateFiles().Sum(file => file.Length);
                    if (i >= options.MaxRuns || size > options.MaxBytes || ended[i].LastWriteTimeUtc < oldest) ended[i].Delete(recursive: true);
                }
            });
        }
    }

    private static void Guard(ILogger logger, Action action)
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
