using Gst;

namespace Dubbing.Pipeline;

/// <summary>Checks a launch file before anything runs.</summary>
public static class LaunchCheck
{
    /// <summary>Everything that keeps the file from becoming a pipeline on this machine, a line each; empty when it will.
    /// Elements are made and thrown away, none is started.</summary>
    /// <param name="file">The file.</param>
    /// <param name="values">A value for each placeholder, such as a run would have.</param>
    public static IReadOnlyList<string> Faults(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        Application.Init();
        var missing = file.Factories.Where(factory => !ElementFactory.Exists(factory.Name)).DistinctBy(factory => factory.Name)
            .Select(factory => $"{file.Name}:{factory.Line}: there is no element '{factory.Name}'; {DebianPackages.Mend(factory.Name)}")
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
