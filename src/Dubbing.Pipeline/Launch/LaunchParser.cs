using Gst;

namespace Dubbing.Pipeline;

/// <summary>Makes a native pipeline of a launch file.</summary>
internal static class LaunchParser
{
    /// <exception cref="LaunchException">It can't be made; names the file and, where it can be told, the line.</exception>
    public static Gst.Pipeline Parse(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        var description = file.Render(values);
        try
        {
            return Gst.Parse.Launch(description);
        }
        catch (ParseException e)
        {
            // The cause is left out: its text is not masked. GStreamer also calls an element missing that has no such property.
            var missing = e.MissingElements.FirstOrDefault(name => !ElementFactory.Exists(name));
            var mend = missing is not null ? $"; {DebianPackages.Mend(missing)}" : "";
            var line = file.LineOf(e.Message) is { } number ? $":{number}" : "";
            throw new LaunchException($"{file.Name}{line}: {SecretMask.For(values).Mask(e.Message)}{mend}");
        }
    }
}
