using Dubbing.Testing.Processes;

namespace Dubbing.EndToEnd.Tests.Faults;

/// <summary>A stream whose pipeline can't be torn down: its source hangs in opening a pipe that nobody writes to, so the service
/// abandons it with its thread and its elements.</summary>
internal sealed class DeliberateLeak : IDisposable
{
    /// <summary>The stream.</summary>
    public const string Id = "leaky";

    private readonly TemporaryFolder _folder = new();
    private readonly string _pipe;

    public DeliberateLeak()
    {
        _pipe = _folder.NewPipe("pipe");
        File.WriteAllText(_folder.File("leaky.launch"), $"filesrc location={_pipe} ! fakesink\n");
    }

    /// <summary>Gives the stream its pipeline.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["DUBBING__PIPELINES__BYNAME__leaky"] = _folder.File("leaky.launch"),
        [$"DUBBING__STREAMS__{Id}__PIPELINE"] = "leaky",
    };

    /// <summary>Lets the thread go on, so that the process can end.</summary>
    public void Release()
    {
        using var writer = new FileStream(_pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
