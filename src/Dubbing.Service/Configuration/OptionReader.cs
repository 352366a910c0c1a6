using System.Globalization;
using System.Text.RegularExpressions;

namespace Dubbing.Service.Configuration;

/// <summary>Reads single values and collects every fault; a faulty value is replaced by its default only so that reading can
/// go on. Used by one thread.</summary>
internal sealed class OptionReader(IConfiguration configuration)
{
    public List<ConfigurationFault> Faults { get; } = [];

    public IConfiguration Section(string key) => configuration.GetSection(key);

    public string Text(string key, string fallback) => configuration[key] is { Length: > 0 } value ? value : fallback;

    public string Text(string key, string fallback, Regex pattern, string mend)
    {
        var value = Text(key, fallback);
        if (!pattern.IsMatch(value)) Fault(key, $"'{value}' is not valid; {mend}");
        return value;
    }

    public int Number(string key, int fallback, int least, int most)
    {
        var text = Text(key, fallback.ToString(CultureInfo.InvariantCulture));
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        Fault(key, $"'{text}' is not valid; give a whole number from {least} to {most}");
        return fallback;
    }

    public T Choice<T>(string key, T fallback, IReadOnlyDictionary<string, T> choices)
    {
        var text = Text(key, "");
        if (text.Length == 0) return fallback;
        if (choices.TryGetValue(text, out var value)) return value;
        Fault(key, $"'{text}' is not valid; give one of {string.Join(", ", choices.Keys)}");
        return fallback;
    }

    /// <summary>A base address without a path. The value itself is not repeated in a fault: it may carry a password.</summary>
    public string Url(string key, string fallback, params string[] schemes)
    {
        var text = Text(key, fallback).TrimEnd('/');
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme) && url.Host.Length > 0) return text;
        Fault(key, $"it is no address; give one like {schemes[0]}://host:port ({string.Join(", ", schemes)} are known)");
        return fallback;
    }

    public void Fault(string key, string problem) => Faults.Add(new ConfigurationFault(
        EnvironmentNames.For(key) is { } old ? $"Dubbing:{key} ({old})" : $"Dubbing:{key}", problem));
}
