using System.Text.RegularExpressions;
using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>Which pipeline file a stream gets, by the source type that the hook names. Immutable.</summary>
public sealed class PipelineFiles
{
    private static readonly KeyValuePair<string, string>[] _defaults = [new("rtmp*", "dub-rtmp.launch"), new("*", "dub.launch")];
    private readonly (Regex SourceType, LaunchFile File)[] _rules;

    private PipelineFiles(IEnumerable<(string Pattern, LaunchFile File)> rules) =>
        _rules = [.. rules.OrderByDescending(rule => rule.Pattern.Length).ThenBy(rule => rule.Pattern, StringComparer.Ordinal)
            .Select(rule => (Glob(rule.Pattern), rule.File))];

    /// <summary>Every file once.</summary>
    public IEnumerable<LaunchFile> All => _rules.Select(rule => rule.File).Distinct();

    /// <summary>The file for a source type: the longest pattern that fits decides.</summary>
    public LaunchFile For(string sourceType) => _rules.First(rule => rule.SourceType.IsMatch(sourceType)).File;

    /// <summary>The file pulls its input over RTMP; else it is RTSP.</summary>
    public static bool PullsRtmp(LaunchFile file) => file.Factories.Any(factory => factory.Name is "rtmp2src" or "rtmpsrc");

    /// <summary>Files by source type pattern, for callers that have them already.</summary>
    public static PipelineFiles Of(IEnumerable<(string Pattern, LaunchFile File)> rules) => new(rules);

    internal static PipelineFiles Read(OptionReader reader)
    {
        var folder = Path.GetFullPath(reader.Text("Pipelines:Folder", DefaultFolder()));
        var configured = reader.Section("Pipelines:BySourceType").GetChildren().Select(rule => KeyValuePair.Create(rule.Key, rule.Value ?? ""));
        var rules = _defaults.Concat(configured).GroupBy(rule => rule.Key).ToDictionary(rule => rule.Key, rule => rule.Last().Value);
        var files = new Dictionary<string, LaunchFile?>();
        foreach (var (pattern, name) in rules.OrderBy(rule => rule.Key, StringComparer.Ordinal))
        {
            if (files.ContainsKey(name)) continue;
            files[name] = Load(reader, $"Pipelines:BySourceType:{pattern}", Path.Combine(folder, name));
        }

        return new PipelineFiles(rules.Where(rule => files[rule.Value] is not null).Select(rule => (rule.Key, files[rule.Value]!)));
    }

    private static LaunchFile? Load(OptionReader reader, string key, string path)
    {
        try
        {
            var file = LaunchFile.Load(path);
            var unknown = file.Placeholders.Except(StreamValues.Names).ToArray();
            foreach (var name in unknown)
                reader.Fault(key, $"{file.Name}: ${{{name}}} is no placeholder; known are {string.Join(", ", StreamValues.Names)}");
            return unknown.Length == 0 ? file : null;
        }
        catch (LaunchException e)
        {
            reader.Fault(key, e.Message);
            return null;
        }
    }

    // Beside the executable when published; up the tree when run from the sources.
    private static string DefaultFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "pipelines");
            if (File.Exists(Path.Combine(candidate, "dub.launch"))) return candidate;
        }

        return Path.Combine(AppContext.BaseDirectory, "pipelines");
    }

    private static Regex Glob(string pattern) =>
        new($@"\A{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}
