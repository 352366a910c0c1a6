using Dubbing.Testing.Measure;
using Dubbing.Testing.Servers;

namespace Dubbing.Testing.Scenarios;

/// <summary>One publisher of a stage's stream, with a reader at its input, if it is wanted, and one at its output, who stamp what they get.</summary>
public sealed class Take : IAsyncDisposable
{
    private readonly Stage _stage;
    private readonly LiveRecorder? _input;
    private readonly LiveRecorder _output;

    private Take(Stage stage, string id, string clip, LiveRecorder? input, LiveRecorder output, Publisher publisher)
    {
        _stage = stage;
        Id = id;
        Clip = Recording.FromFile(clip);
        _input = input;
        _output = output;
        Publisher = publisher;
    }

    /// <summary>The stream.</summary>
    public string Id { get; }

    /// <summary>What is published.</summary>
    public Recording Clip { get; }

    /// <summary>The publisher.</summary>
    public Publisher Publisher { get; }

    /// <summary>The reader of the input.</summary>
    /// <exception cref="InvalidOperationException">It was not wanted.</exception>
    public LiveRecorder Input => _input ?? throw new InvalidOperationException($"{Id}: nobody reads the input");

    /// <summary>The reader of the output.</summary>
    public LiveRecorder Output => _output;

    /// <summary>Begins to publish and to record.</summary>
    /// <param name="stage">Where.</param>
    /// <param name="id">The stream.</param>
    /// <param name="clip">The file.</param>
    /// <param name="loops">How often it is repeated.</param>
    /// <param name="outputFile">Also receives what the output's reader got.</param>
    /// <param name="readInput">False: the clip is taken for the input, for a reader costs a fifth of what dubbing does.</param>
    public static Take Start(Stage stage, string id, string clip, int loops = 0, string? outputFile = null, bool readInput = true) =>
        Start(stage, id, clip, url => Publisher.Start(clip, url, loops), outputFile, readInput);

    /// <summary>As above, with a publisher whose clock is its own.</summary>
    public static Take Start(Stage stage, string id, string clip, PublisherClock clock) => Start(stage, id, clip, url => Publisher.Start(clip, url, clock), null, readInput: true);

    private static Take Start(Stage stage, string id, string clip, Func<string, Publisher> publish, string? outputFile, bool readInput)
    {
        var input = !readInput ? null : LiveRecorder.Start(stage.Media.RtmpUrl($"live/{id}/in"));
        var output = LiveRecorder.Start(stage.Media.RtmpUrl($"live/{id}/out"),
            new LiveRecorderOptions { WaitForStream = TimeSpan.FromSeconds(60), FilePath = outputFile });
        return new Take(stage, id, clip, input, output, publish(stage.Media.RtmpUrl($"live/{id}/in")));
    }

    /// <summary>Waits until everything was published and the output has ended.</summary>
    /// <param name="timeout">From now; then it fails with what the service says of the stream.</param>
    /// <exception cref="InvalidOperationException">There were two pipelines of the stream at a time.</exception>
    public async Task<TakeResult> Finish(TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        await Publisher.Finished.WaitAsync(deadline.Token);
        // The output ends after everything inside was played; the media server's reader may stay on, the stream's state does not.
        await _stage.WaitForState(Id, timeout, "idle", "degraded", "stopping");
        await Task.WhenAny(_output.Ended, Task.Delay(TimeSpan.FromSeconds(20), deadline.Token));
        var asIs = _stage.Media.RelaysAsIs;
        var output = await _output.StopAsync();
        _stage.CheckNeverTwoPublishers(Id);
        return new TakeResult(Id, Clip, _input is null ? Clip : await _input.StopAsync(), asIs ? output : output.FromFirstPicture(),
            await _stage.Stream(Id), await _stage.Fragments(Id), asIs);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Publisher.DisposeAsync();
        if (_input is not null)
            await _input.DisposeAsync();
        await _output.DisposeAsync();
    }
}
