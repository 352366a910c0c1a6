using System.Text.RegularExpressions;
using Dubbing.Service.Captions;
using Dubbing.Service.Configuration;
using Dubbing.Service.Egress;
using Dubbing.Service.Feeds;
using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <summary>What belongs to one run: from the publisher's coming until everything has been played out. Used by the
/// stream's loop; <see cref="Id"/>, <see cref="Fragments"/>, <see cref="Captions"/> and <see cref="Events"/> by any thread.</summary>
/// <param name="source">The publisher.</param>
/// <param name="options">The configuration that the run began with, and keeps.</param>
/// <param name="settings">The stream's settings.</param>
/// <param name="host">Where its pipelines live.</param>
/// <param name="time">The clock.</param>
/// <param name="jitter">Spreads restarts.</param>
internal sealed partial class StreamRun(StreamSource source, DubbingOptions options, ResolvedSettings settings, IPipelineHost host, TimeProvider time, Func<double> jitter)
{
    private const int ErrorsKept = 10;
    private readonly List<StreamError> _errors = [];

    /// <summary>Sortable by time, unique.</summary>
    public string Id { get; } = $"{time.GetUtcNow():yyyyMMddTHHmmssZ}-{Guid.NewGuid().ToString("n")[..8]}";

    /// <summary>Whether a text has the form of an <see cref="Id"/>.</summary>
    public static bool IsId(string text) => IdPattern().IsMatch(text);

    public StreamSource Source { get; set; } = source;

    /// <summary>The API named its input: hooks and the media server's list have no say in it.</summary>
    public bool HasOwnInput => Source.Input is not null;

    public DubbingOptions Options { get; } = options;

    public IPipelineHost Host { get; } = host;

    public ResolvedSettings Settings { get; set; } = settings;

    /// <summary>The publisher is there, as far as hooks and the media server's list say.</summary>
    public bool Present { get; set; } = true;

    /// <summary>The media server lists the stream as published; null: that is not known.</summary>
    public bool? Listed { get; set; }

    /// <summary>The media server has listed the stream during this run.</summary>
    public bool WasListed { get; set; }

    /// <summary>Something has come in, during this run.</summary>
    public bool HasFlowed { get; set; }

    /// <summary>Since when nothing has come in although the publisher should be there; null: it flows, or was not there yet.</summary>
    public DateTimeOffset? InputLostSince { get; set; }

    /// <summary>Tracks of which nothing comes while the other goes on.</summary>
    public SortedSet<string> StoppedTracks { get; } = [];

    /// <summary>Where its output is passed on to; any thread may look.</summary>
    public EgressTargets? Egress { get; set; }

    public FragmentLog Fragments { get; } = new();

    public CaptionLog Captions { get; } = new(time);

    public Feed<StreamEvent> Events { get; } = new(time, new FeedLimits(Kept: 200, Age: TimeSpan.FromHours(1)));

    public RestartPolicy RestartPolicy { get; } = new(time, jitter);

    public int Restarts { get; set; }

    public string? StsState { get; set; }

    /// <summary>Why the STS server, which was lost, has not been ready since, in few words.</summary>
    public string? StsTrouble { get; set; }

    public TimeSpan? Latency { get; set; }

    /// <summary>When the present pipeline was launched (<see cref="Monotonic"/>).</summary>
    public TimeSpan LaunchedAt { get; set; }

    /// <summary>When the present pipeline reached PLAYING (<see cref="Monotonic"/>).</summary>
    public TimeSpan? PlayingSince { get; set; }

    public IReadOnlyList<StreamError> Errors => [.. _errors];

    public TimeSpan Delay => Latency ?? StreamValues.ExpectedDelay(Settings.Settings);

    public void AddError(StreamError error)
    {
        _errors.Add(error);
        if (_errors.Count > ErrorsKept) _errors.RemoveAt(0);
    }

    [GeneratedRegex(@"\A[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}\z")]
    private static partial Regex IdPattern();
}
