using System.Globalization;

namespace Dubbing.Service.Configuration;

/// <summary>Makes a stream's settings of its publisher's query, the sections of the configuration that fit its id, and the
/// defaults: for each setting the first of these that has it. Several sections may fit: the more specific comes first.</summary>
internal static class SettingsResolver
{
    private const string Query = "query";
    private const string Default = "default";

    /// <summary>The settings of a stream. Never fails: what is not valid in the query is passed over and reported.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="sourceType">How the publisher publishes.</param>
    /// <param name="query">The publish URL's query, as the hook passes it on.</param>
    public static ResolvedSettings Resolve(DubbingOptions options, string streamId, string sourceType, string query)
    {
        var asked = new Dictionary<string, string>();
        var rejected = new List<RejectedSetting>();
        var values = PublishQuery.Parse(query);
        foreach (var setting in StreamSetting.All.Where(setting => setting.Query is not null))
        {
            if (!values.TryGetValue(setting.Query!, out var text)) continue;
            if (setting.Problem(text, options.Pipelines.Files) is { } problem) rejected.Add(new RejectedSetting(setting.Query!, problem));
            else asked[setting.Name] = text;
        }

        var settings = Pick(options, streamId, sourceType, asked, out var sources);
        if (StreamValues.ExpectedDelay(settings) > StreamValues.LongestDelay)
        {
            var problem = TooLong(settings);
            foreach (var setting in StreamSetting.All.Where(setting => setting.Name is StreamSetting.FragmentMs or StreamSetting.TimeoutMs))
            {
                if (asked.Remove(setting.Name)) rejected.Add(new RejectedSetting(setting.Query!, problem));
            }

            settings = Pick(options, streamId, sourceType, asked, out sources);
        }

        return new ResolvedSettings(
            settings,
            StreamSetting.All.ToDictionary(setting => setting.Name, setting => new EffectiveSetting(setting.Show(settings), sources[setting.Name])),
            rejected,
            string.Join('&', asked.Select(entry => $"{entry.Key}={entry.Value}")));
    }

    /// <summary>What is wrong with a delay that no pipeline file holds.</summary>
    public static string TooLong(StreamSettings settings) =>
        string.Create(CultureInfo.InvariantCulture, $"fragment, timeout and margin make a delay of {StreamValues.ExpectedDelay(settings).TotalSeconds:0.0} s; pipelines hold {StreamValues.LongestDelay.TotalSeconds:0} s");

    private static StreamSettings Pick(
        DubbingOptions options, string streamId, string sourceType, Dictionary<string, string> asked, out Dictionary<string, string> sources)
    {
        var layers = Layers(options, streamId, asked);
        var picked = StreamSetting.All.ToDictionary(setting => setting.Name, setting => layers.First(layer => layer.Values.ContainsKey(setting.Name)));
        sources = picked.ToDictionary(entry => entry.Key, entry => entry.Value.Source);

        // A key belongs to its server: the default server's key is not for one that a section names.
        var server = picked[StreamSetting.StsUrl];
        var isForeign = layers.IndexOf(picked[StreamSetting.StsApiKey]) > layers.IndexOf(server);
        if (isForeign) sources[StreamSetting.StsApiKey] = server.Source;

        string Text(string name) => picked[name].Values[name];
        int Number(string name) => int.Parse(Text(name), CultureInfo.InvariantCulture);
        var file = Text(StreamSetting.Pipeline) is { Length: > 0 } name ? options.Pipelines.Files.Named(name) : options.Pipelines.Files.For(sourceType);
        var sts = options.Sts with
        {
            Url = Text(StreamSetting.StsUrl).TrimEnd('/'),
            Path = Text(StreamSetting.StsPath),
            Namespace = Text(StreamSetting.StsNamespace),
            ApiKey = isForeign ? "" : Text(StreamSetting.StsApiKey),
            SourceLanguage = Text(StreamSetting.SourceLanguage),
            TargetLanguage = Text(StreamSetting.TargetLanguage),
            Voice = Text(StreamSetting.Voice),
            DomainHints = Text(StreamSetting.DomainHints),
            TimeoutMs = Number(StreamSetting.TimeoutMs),
            Fallback = Text(StreamSetting.Fallback).ToLowerInvariant(),
            MaxInflight = Number(StreamSetting.MaxInflight),
        };
        return new StreamSettings(file, sts, Number(StreamSetting.FragmentMs), ValueRules.Targets(Text(StreamSetting.Egress)));
    }

    private static List<(string Source, IReadOnlyDictionary<string, string> Values)> Layers(
        DubbingOptions options, string streamId, Dictionary<string, string> asked) =>
    [
        (Query, asked),
        .. options.Streams.Where(section => section.Match.Fits(streamId)).Select(section => ($"configuration:{section.Match.Pattern}", section.Values)),
        (Default, StreamSetting.All.ToDictionary(setting => setting.Name, setting => setting.Default(options))),
    ];
}
