using Gst;

namespace Dubbing.Pipeline;

/// <summary>Checks a launch file before anything runs.</summary>
public static class LaunchCheck
{
    /// <summary>Everything that keeps the file from becoming a pipeline on this machine, a line each; empty when it will.
    /// Elements are made and thrown away, none is started.</summary>
    /// <param name="file">The file.</param>
    /// <param name="values">A value for each placeholder, such as a run would have.</param>
    /// <param name="needs">The elements that an element works with inside.</param>
    public static IReadOnlyList<string> Faults(
        LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values, Func<string, IReadOnlyList<string>>? needs = null)
    {
        Application.Init();
        var inside = file.Factories.SelectMany(factory => (needs?.Invoke(factory.Name) ?? []).Select(name => (Name: name, factory.Line, For: $", which '{factory.Name}' works with")));
        var missing = file.Factories.Select(factory => (factory.Name, factory.Line, For: "")).Concat(inside)
            .Where(element => !ElementFactory.Exists(element.Name)).DistinctBy(element => element.Name)
            .Select(element => $"{file.Name}:{element.Line}: there is no element '{element.Name}'{element.For}; {DebianPackages.Mend(element.Name)}")
            .ToArray();
        if (missing.Length > 0) return missing;
        if (values.Any(value => NeedsTls(file, value.Key, value.Value)) && !GLib.TlsBackend.SupportsTls)
            return [$"{file.Name}: rtmps and rtsps need TLS, which GLib does not have here; {DebianPackages.MendTls}"];
        try
        {
            LaunchParser.Parse(file, values).Dispose();
            return [];
        }
        catch (LaunchException e)
        {
            return [e.Message];
        }
    }

    private static bool NeedsTls(LaunchFile file, string placeholder, PlaceholderValue value) =>
        file.Placeholders.Contains(placeholder)
        && (value.Text.StartsWith("rtmps://", StringComparison.OrdinalIgnoreCase) || value.Text.StartsWith("rtsps://", StringComparison.OrdinalIgnoreCase));
}
