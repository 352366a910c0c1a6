using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>Which pipeline file a stream gets: the one that it names, or one by the source type that the hook names. Immutable.</summary>
public sealed class PipelineFiles
{
    private const string BySourceType = "Pipelines:BySourceType";
    private const string ByName = "Pipelines:ByName";

    /// <summary>The key that names the file that passes outputs on.</summary>
    internal const string Egress = "Pipelines:Egress";

    private static readonly KeyValuePair<string, string>[] _defaults =
        [new("rtmp*", "dub-rtmp.launch"), new("srt*", "dub-rtmp.launch"), new("*", "dub.launch")];

    private readonly (Glob SourceType, LaunchFile File)[] _rules;
    private readonly Dictionary<string, LaunchFile> _named;

    private PipelineFiles(IEnumerable<KeyValuePair<string, LaunchFile>> rules, IEnumerable<KeyValuePair<string, LaunchFile>> named)
    {
        _rules = [.. Glob.MostSpecificFirst(rules.Select(rule => (Glob: new Glob(rule.Key, ignoreCase: true), rule.Value)), rule => rule.Glob)];
        _named = new Dictionary<string, LaunchFile>(named, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Every file once, with the section of the configuration that names it.</summary>
    public IEnumerable<(string Key, LaunchFile File)> All => _rules.Select(rule => (BySourceType, rule.File))
        .Concat(_named.Values.Select(file => (ByName, file))).DistinctBy(entry => entry.Item2);

    /// <summary>Names that a stream may ask for, in capitals or small letters.</summary>
    public IEnumerable<string> Names => _named.Keys.Order(StringComparer.Ordinal);

    /// <summary>The file for a source type: the longest pattern that fits decides.</summary>
    public LaunchFile For(string sourceType) => _rules.First(rule => rule.SourceType.Fits(sourceType)).File;

    /// <summary>The file of one of <see cref="Names"/>.</summary>
    public LaunchFile Named(string name) => _named[name];

    /// <summary>The file pulls its input over RTMP; else it is RTSP.</summary>
    public static bool PullsRtmp(LaunchFile file) => file.Factories.Any(factory => factory.Name is "rtmp2src" or "rtmpsrc");

    internal static string Folder(OptionReader reader) => Path.GetFullPath(reader.Text("Pipelines:Folder", DefaultFolder()));

    /// <summary>The file that passes outputs on; null: it has a fault.</summary>
    internal static LaunchFile? ReadEgress(OptionReader reader) =>
        Load(reader, Egress, Path.Combine(Folder(reader), reader.Text(Egress, "egress.launch")), EgressValues.Names);

    internal static PipelineFiles Read(OptionReader reader)
    {
        var folder = Folder(reader);
        var files = new Dictionary<string, LaunchFile?>();
        IEnumerable<KeyValuePair<string, LaunchFile>> Loaded(string section, IEnumerable<KeyValuePair<string, string>> configured)
        {
            foreach (var (pattern, name) in configured.OrderBy(rule => rule.Key, StringComparer.Ordinal))
            {
                if (!files.ContainsKey(name)) files[name] = Load(reader, $"{section}:{pattern}", Path.Combine(folder, name), StreamValues.Names);
                if (files[name] is { } file) yield return new(pattern, file);
            }
        }

        var rules = _defaults.Concat(Configured(reader, BySourceType)).GroupBy(rule => rule.Key, StringComparer.OrdinalIgnoreCase).Select(rule => rule.Last());
        return new PipelineFiles([.. Loaded(BySourceType, rules)], [.. Loaded(ByName, Configured(reader, ByName))]);
    }

    private static IEnumerable<KeyValuePair<string, string>> Configured(OptionReader reader, string section) =>
        reader.Section(section).GetChildren().Select(rule => KeyValuePair.Create(rule.Key, rule.Value ?? ""));

    private static LaunchFile? Load(OptionReader reader, string key, string path, IReadOnlyList<string> placeholders)
    {
        try
        {
            var file = LaunchFile.Load(path);
            var unknown = file.Placeholders.Except(placeholders).ToArray();
            foreach (var name in unknown)
                reader.Fault(key, $"{file.Name}: ${{{name}}} is no placeholder; known are {string.Join(", ", placeholders)}");
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
}
