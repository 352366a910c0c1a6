using Dubbing.Pipeline;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Configuration;

/// <summary>Checks what passes outputs on: targets that would lead back into the stream, and the pipeline file.</summary>
internal static class EgressCheck
{
    /// <summary>All targets that sections name.</summary>
    public static IEnumerable<string> Targets(IEnumerable<StreamSection> sections) => sections.SelectMany(TargetsOf);

    /// <summary>Adds what is wrong to the reader's faults.</summary>
    public static void Run(
        OptionReader reader, DubbingOptions options, Func<LaunchFile, IReadOnlyDictionary<string, PlaceholderValue>, IReadOnlyList<string>> check)
    {
        foreach (var section in options.Streams.Where(section => TargetsOf(section).Any(target => IsTaken(options.MediaServer.PathOf(target), section.Match))))
        {
            reader.Fault($"Streams:{section.Match.Pattern}:Egress",
                "there is one that is the stream's own path on the media server, and would feed it with its own output, or where another stream's output goes; give another server or path");
        }

        if (options.EgressFile is not { } file) return;
        // One that needs TLS shows whether there is any.
        var target = Targets(options.Streams).OrderByDescending(url => new Uri(url).Scheme == "rtmps").First();
        foreach (var fault in check(file, EgressValues.For(options.MediaServer, EgressValues.Output(options.MediaServer, "check"), "check", target)))
            reader.Fault(PipelineFiles.Egress, fault);
    }

    private static IEnumerable<string> TargetsOf(StreamSection section) => ValueRules.Targets(section.Values.GetValueOrDefault(StreamSetting.Egress, ""));

    private static bool IsTaken(StreamPath? path, Glob streams) => path is not null && (!path.IsInput || streams.Fits(path.StreamId));
}
