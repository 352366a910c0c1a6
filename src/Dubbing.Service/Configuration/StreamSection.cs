namespace Dubbing.Service.Configuration;

/// <summary>What the configuration says of the streams whose id fits a pattern.</summary>
/// <param name="Match">The pattern.</param>
/// <param name="Values">Values by a setting's name, all valid.</param>
public sealed record StreamSection(Glob Match, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Reads <c>Streams:&lt;name&gt;</c>, each with <c>Match</c> (the name itself where that is missing) and settings.</summary>
    /// <returns>All of them, the most specific first.</returns>
    internal static IReadOnlyList<StreamSection> ReadAll(OptionReader reader, PipelineFiles files)
    {
        var sections = reader.Section("Streams").GetChildren().Select(section => Read(reader, section, files)).ToList();
        foreach (var twice in sections.GroupBy(section => section.Match.Pattern).Where(group => group.Count() > 1))
            reader.Fault("Streams", $"several sections match '{twice.Key}'; put them together");
        return [.. Glob.MostSpecificFirst(sections, section => section.Match)];
    }

    private static StreamSection Read(OptionReader reader, IConfigurationSection section, PipelineFiles files)
    {
        var values = new Dictionary<string, string>();
        var prefix = $"Streams:{section.Key}";
        foreach (var entry in section.GetChildren().Where(entry => !Is(entry, "Match")))
        {
            if (StreamSetting.All.FirstOrDefault(setting => Is(entry, setting.Key)) is not { } setting)
            {
                reader.Fault($"{prefix}:{entry.Key}", $"there is no such setting; known are Match, {string.Join(", ", StreamSetting.All.Select(known => known.Key))}");
                continue;
            }

            var value = Value(entry, setting.Separator);
            if (setting.Problem(value, files) is { } problem) reader.Fault($"{prefix}:{setting.Key}", problem);
            else values[setting.Name] = value;
        }

        var match = section["Match"] ?? section.Key;
        if (!match.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '*'))
            reader.Fault($"{prefix}:Match", $"'{match}' fits no stream; give an id, or a pattern with * for any text");
        return new StreamSection(new Glob(match, ignoreCase: false), values);
    }

    // A list may be one text or a list.
    private static string Value(IConfigurationSection entry, char separator) =>
        entry.Value?.Trim() ?? string.Join(separator, entry.GetChildren().Select(item => item.Value?.Trim()));

    private static bool Is(IConfigurationSection entry, string key) => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase);
}
