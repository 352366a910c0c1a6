using System.Globalization;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Measure;

/// <summary>How long an HTTP server takes to answer, as a client sees it that is not held up itself: <c>ask.py</c>, in a process of its own, in
/// real time where that is allowed.</summary>
public static class AnswerTimes
{
    /// <summary>Posts documents one after another.</summary>
    /// <param name="server">The server.</param>
    /// <param name="requests">Path and JSON document of each.</param>
    /// <param name="pause">Time between an answer and the next request.</param>
    /// <param name="limit">For all of them.</param>
    /// <returns>Milliseconds for each, in order.</returns>
    /// <exception cref="InvalidOperationException">An answer does not say success, or the server is gone.</exception>
    /// <exception cref="TimeoutException">It takes longer than the limit.</exception>
    public static async Task<IReadOnlyList<double>> MeasureAsync(
        Uri server, IEnumerable<(string Path, string Json)> requests, TimeSpan pause, TimeSpan limit)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("requests");
        string[] lines = [.. requests.Select(request => $"{request.Path} {request.Json}")];
        await File.WriteAllLinesAsync(file, lines);
        await using var process = ChildProcess.Start("python3",
            [Path.Combine(AppContext.BaseDirectory, "ask.py"), server.Authority, pause.TotalMilliseconds.ToString(CultureInfo.InvariantCulture), file], name: "ask.py");
        if (await process.Exited.WaitAsync(limit) != 0)
            throw new InvalidOperationException($"ask.py failed.{process.Tail()}");
        string[][] answers = [.. process.Lines.Select(line => line.Text.Split(' '))];
        if (answers.FirstOrDefault(answer => answer[1][0] != '2') is { } bad)
            throw new InvalidOperationException($"{server.Authority} answered {bad[1]}.");
        return answers.Length == lines.Length
            ? [.. answers.Select(answer => double.Parse(answer[0], CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"{answers.Length} of {lines.Length} were answered.");
    }
}
