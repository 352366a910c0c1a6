namespace Dubbing.Testing.Processes;

/// <summary>Finds programs.</summary>
public static class Executables
{
    /// <summary>The full path of a program in PATH or in the folders for administrators, which a user's PATH often lacks.</summary>
    /// <exception cref="FileNotFoundException">It is nowhere; the message names the Debian package.</exception>
    public static string Find(string name, string debianPackage) =>
        TryFind(name) ?? throw new FileNotFoundException($"'{name}' not found: install the Debian package {debianPackage} (scripts/setup.sh does).");

    /// <summary>As <see cref="Find"/>, null when there is none. A name with a slash is taken as a path.</summary>
    public static string? TryFind(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
            return File.Exists(name) ? Path.GetFullPath(name) : null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Concat(["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"])
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}
