using System.Diagnostics;

namespace Dubbing.Testing.Processes;

/// <summary>A folder for this user only that disappears with its owner.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("dubbing-").FullName;

    /// <summary>A path inside.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes a named pipe inside and returns its path: who opens it hangs until somebody opens its other end.</summary>
    public string NewPipe(string name)
    {
        using var mkfifo = Process.Start("mkfifo", File(name));
        return mkfifo.WaitForExit(s_limit) && mkfifo.ExitCode == 0 ? File(name) : throw new IOException($"mkfifo makes no {File(name)}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
