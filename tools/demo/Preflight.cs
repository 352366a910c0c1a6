using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Demo;

/// <summary>Looks for what would keep the demo from working, before anything is started.</summary>
internal static class Preflight
{
    private static readonly (string Program, string Package)[] s_programs =
    [
        ("ffmpeg", "ffmpeg"), ("ffprobe", "ffmpeg"), ("gst-launch-1.0", "gstreamer1.0-tools"), ("setpriv", "util-linux"), ("setsid", "util-linux"), ("node", "nodejs"),
    ];

    /// <summary>Checks programs and node modules. The media server's own parts and GStreamer's elements are named by those who
    /// need them when they start.</summary>
    /// <exception cref="DemoException">Something is missing or taken.</exception>
    public static void Check()
    {
        foreach (var (program, package) in s_programs)
        {
            if (Executables.TryFind(program) is null)
                throw new DemoException($"'{program}' is missing: install the Debian package {package} (scripts/setup.sh does)");
        }
        if (!Directory.Exists(Path.Combine(Repository.Root, "tools/echo-sts/node_modules/socket.io")))
            throw new DemoException("tools/echo-sts/node_modules is missing: run scripts/setup.sh, or npm ci in tools/echo-sts");
        if (!File.Exists(DubbingService.Executable))
            throw new DemoException($"{DubbingService.Executable} is not built: run make build");
    }

    /// <summary>Takes the demo's folder for this process alone and clears what an earlier run that was killed left in it.</summary>
    /// <returns>To be disposed at the end.</returns>
    /// <exception cref="DemoException">Another demo runs.</exception>
    public static IDisposable TakeFolder(string folder, string work)
    {
        Directory.CreateDirectory(folder);
        FileStream taken;
        try
        {
            // FileShare.None is flock on Unix: it goes with the process, however that ends.
            taken = new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new DemoException($"another demo is running (it holds {folder}/.lock): wait for its end, or stop it");
        }
        if (Directory.Exists(work))
        {
            Console.WriteLine($"demo: removing what an interrupted run left in {work}");
            Directory.Delete(work, recursive: true);
        }
        Directory.CreateDirectory(work, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return taken;
    }
}
