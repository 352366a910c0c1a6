using Dubbing.Pipeline;
using Dubbing.Service.Captions;
using Dubbing.Service.Configuration;
using Dubbing.Service.Feeds;

namespace Dubbing.Service.Streams;

/// <summary>What belongs to one run: from the publisher's coming until everything has been played out. Used by the
/// supervisor's loop; <see cref="Id"/>, <see cref="Fragments"/>, <see cref="Captions"/> and <see cref="Events"/> by any thread.</summary>
internal sealed class StreamRun(StreamSource source, ResolvedSettings settings, TimeProvider time, Func<double> jitter)
{
    private const int ErrorsKept = 10;
    private readonly List<StreamError> _errors = [];

    /// <summary>Sortable by time, unique.</summary>
    public string Id { get; } = $"{time.GetUtcNow():yyyyMMddTHHmmssZ}-{Guid.NewGuid().ToString("n")[..8]}";

    public StreamSource Source { get; set; } = source;

    /// <summary>The publisher is there, as far as the hooks say.</summary>
    public bool Present { get; set; } = true;

    /// <summary>The last pipeline ended by itself and played everything out.</summary>
    public bool PlayedOut { get; set; }

    public ResolvedSettings Settings { get; set; } = settings;

    public LaunchFile File => Settings.Settings.File;

    public FragmentLog Fragments { get; } = new();

    public CaptionLog Captions { get; } = new(time);

    public Feed<StreamEvent> Events { get; } = new(time, new FeedLimits(Kept: 200, Age: TimeSpan.FromHours(1)));

    public RestartPolicy RestartPolicy { get; } = new(time, jitter);

    public int Restarts { get; set; }

    public string? StsState { get; set; }

    /// <summary>The STS server was lost and has not been ready since.</summary>
    public bool StsLost { get; set; }

    public TimeSpan? Latency { get; set; }

    /// <summary>When the present pipeline was launched.</summary>
    public DateTimeOffset LaunchedAt { get; set; }

    /// <summary>When the present pipeline reached PLAYING.</summary>
    public DateTimeOffset? PlayingSince { get; set; }

    public IReadOnlyList<StreamError> Errors => [.. _errors];

    public TimeSpan Delay(DubbingOptions options) => Latency ?? StreamValues.ExpectedDelay(options, Settings.Settings);

    public void AddError(StreamError error)
    {
        _errors.Add(error);
        if (_errors.Count > ErrorsKept) _errors.RemoveAt(0);
    }
}
