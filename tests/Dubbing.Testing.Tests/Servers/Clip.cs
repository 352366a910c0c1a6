using System.Diagnostics;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Tests.Servers;

/// <summary>A short H.264 and AAC file, every packet different from every other, so that packets can be told apart after a relay.</summary>
public sealed class Clip : IAsyncLifetime
{
    /// <summary>Its length in seconds.</summary>
    public const int Seconds = 12;

    private readonly TemporaryFolder _folder = new();

    public string File => _folder.File("clip.flv");

    public async ValueTask InitializeAsync()
    {
        // A key frame a second and no B-frames: RTP carries presentation times only.
        using var ffmpeg = Process.Start(Executables.Find("ffmpeg", "ffmpeg"),
            $"-nostdin -loglevel error -f lavfi -i testsrc2=s=320x180:r=30:d={Seconds} -f lavfi -i anoisesrc=a=0.1:r=48000:d={Seconds} "
            + $"-c:v libx264 -bf 0 -preset veryfast -g 30 -threads 1 -c:a aac -b:a 96k {File}");
        await ffmpeg.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, ffmpeg.ExitCode);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
