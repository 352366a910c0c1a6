namespace Dubbing.Testing.Fixtures;

/// <summary>Finds the folder that holds <c>Dubbing.slnx</c>, from where the running test lies.</summary>
public static class RepoRoot
{
    /// <summary>Absolute path of the repository. Throws <see cref="DirectoryNotFoundException"/> outside of one.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Dubbing.slnx")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"no Dubbing.slnx above {AppContext.BaseDirectory}");
    }
}
