using System.Globalization;
using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>A setting that a stream may have of its own.</summary>
/// <param name="Name">What the API calls it.</param>
/// <param name="Key">What a stream's section in the configuration calls it.</param>
/// <param name="Query">What the publish URL's query calls it; null: it can't be set there.</param>
/// <param name="DefaultKey">The key of its default; empty: it has none.</param>
/// <param name="Problem">What is wrong with a text, or null.</param>
/// <param name="Default">Its default as text.</param>
/// <param name="Show">Its effective value as the API shows it.</param>
/// <param name="Separator">Between the entries of a value that is a list.</param>
internal sealed record StreamSetting(
    string Name, string Key, string? Query, string DefaultKey, Func<string, PipelineFiles, string?> Problem,
    Func<DubbingOptions, string> Default, Func<StreamSettings, object> Show, char Separator = ' ')
{
    // Only what is needed by name elsewhere has one.
    public const string Pipeline = "pipeline";
    public const string StsUrl = "sts_url";
    public const string StsPath = "sts_path";
    public const string StsNamespace = "sts_namespace";
    public const string StsApiKey = "sts_api_key";
    public const string FragmentMs = "fragment_ms";
    public const string TimeoutMs = "timeout_ms";
    public const string SourceLanguage = "source_language";
    public const string TargetLanguage = "target_language";
    public const string Voice = "voice";
    public const string DomainHints = "domain_hints";
    public const string Fallback = "fallback";
    public const string MaxInflight = "max_inflight";
    public const string Egress = "egress";

    /// <summary>All that there are. The README's table says the same.</summary>
    public static IReadOnlyList<StreamSetting> All { get; } =
    [
        new(Pipeline, "Pipeline", "pipeline", "Pipelines:BySourceType",
            (text, files) => files.Names.Any() ? ValueRules.Choice(text, files.Names) : "there is no file to choose; name one in Pipelines:ByName", _ => "", settings => settings.File.Name),
        new(SourceLanguage, "SourceLanguage", "source_lang", "Sts:SourceLanguage",
            Any(ValueRules.Language), options => options.Sts.SourceLanguage, settings => settings.Sts.SourceLanguage),
        new(TargetLanguage, "TargetLanguage", "lang", "Sts:TargetLanguage",
            Any(ValueRules.Language), options => options.Sts.TargetLanguage, settings => settings.Sts.TargetLanguage),
        new(Voice, "Voice", "voice", "Sts:Voice",
            Any(ValueRules.Voice), options => options.Sts.Voice, settings => settings.Sts.Voice),
        new(DomainHints, "DomainHints", "domain_hints", "Sts:DomainHints",
            Any(ValueRules.DomainHints), options => options.Sts.DomainHints, settings => ValueRules.Hints(settings.Sts.DomainHints), Separator: ','),
        new(FragmentMs, "FragmentMs", "fragment_ms", "Segments:FragmentMs",
            Any(ValueRules.FragmentMs), options => Text(options.Segments.FragmentMs), settings => settings.FragmentMs),
        new(TimeoutMs, "TimeoutMs", "timeout_ms", "Sts:TimeoutMs",
            Any(ValueRules.TimeoutMs), options => Text(options.Sts.TimeoutMs), settings => settings.Sts.TimeoutMs),
        new(Fallback, "Fallback", "fallback", "Sts:Fallback",
            Any(ValueRules.Fallback), options => options.Sts.Fallback, settings => settings.Sts.Fallback),
        new(StsUrl, "StsUrl", null, "Sts:Url",
            Any(ValueRules.StsUrl), options => options.Sts.Url, settings => AddressSecrets.Shown(settings.Sts.Url)),
        new(StsPath, "StsPath", null, "Sts:Path",
            Any(ValueRules.StsPath), options => options.Sts.Path, settings => settings.Sts.Path),
        new(StsNamespace, "StsNamespace", null, "Sts:Namespace",
            Any(ValueRules.StsNamespace), options => options.Sts.Namespace, settings => settings.Sts.Namespace),
        new(MaxInflight, "MaxInflight", null, "Sts:MaxInflight",
            Any(ValueRules.MaxInflight), options => Text(options.Sts.MaxInflight), settings => settings.Sts.MaxInflight),
        new(StsApiKey, "StsApiKey", null, "Sts:ApiKey",
            Any(ValueRules.Anything), options => options.Sts.ApiKey, settings => settings.Sts.ApiKey.Length > 0 ? SecretMask.Masked : ""),
        new(Egress, "Egress", null, "",
            Any(ValueRules.Egress), _ => "", settings => settings.Egress.Select(AddressSecrets.Shown).ToArray()),
    ];

    private static Func<string, PipelineFiles, string?> Any(Func<string, string?> rule) => (text, _) => rule(text);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
