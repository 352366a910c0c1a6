namespace Dubbing.Testing.Servers;

/// <summary>Where things are in the project's folder.</summary>
public static class Repository
{
    /// <summary>The folder that holds Dubbing.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Full path of a file or folder that must exist.</summary>
    /// <param name="relative">Path from <see cref="Root"/>, with slashes.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static string PathTo(string relative)
    {
        var path = Path.Combine(Root, relative);
        return Path.Exists(path) ? path : throw new FileNotFoundException($"{path} does not exist.");
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Dubbing.slnx")))
                return folder;
        }
        throw new FileNotFoundException($"No Dubbing.slnx above {AppContext.BaseDirectory}.");
    }
}
