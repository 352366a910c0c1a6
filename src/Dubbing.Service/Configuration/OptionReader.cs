using System.Globalization;

namespace Dubbing.Service.Configuration;

/// <summary>Reads single values and collects every fault; a faulty value is replaced by its default only so that reading can
/// go on. Used by one thread.</summary>
internal sealed class OptionReader(IConfiguration configuration)
{
    public List<ConfigurationFault> Faults { get; } = [];

    public IConfiguration Section(string key) => configuration.GetSection(key);

    public string Text(string key, string fallback) => configuration[key] is { Length: > 0 } value ? value : fallback;

    /// <summary>A text that a rule of <see cref="ValueRules"/> finds right; else the fallback.</summary>
    public string Text(string key, string fallback, Func<string, string?> rule)
    {
        var text = Text(key, fallback);
        if (rule(text) is not { } problem) return text;
        Fault(key, problem);
        return fallback;
    }

    public int Number(string key, int fallback, int least, int most) => Number(key, fallback, text => ValueRules.Number(text, least, most));

    public int Number(string key, int fallback, Func<string, string?> rule) =>
        int.Parse(Text(key, fallback.ToString(CultureInfo.InvariantCulture), rule), CultureInfo.InvariantCulture);

    public T Choice<T>(string key, T fallback, IReadOnlyDictionary<string, T> choices)
    {
        var text = Text(key, "");
        if (text.Length == 0) return fallback;
        if (choices.TryGetValue(text, out var value)) return value;
        Fault(key, ValueRules.Choice(text, choices.Keys)!);
        return fallback;
    }

    /// <summary>A base address without a path.</summary>
    public string Url(string key, string fallback, params string[] schemes) =>
        Text(key, fallback, text => ValueRules.Url(text.TrimEnd('/'), schemes)).TrimEnd('/');

    public void Fault(string key, string problem) => Faults.Add(new ConfigurationFault(
        EnvironmentNames.For(key) is { } old ? $"Dubbing:{key} ({old})" : $"Dubbing:{key}", problem));
}
