using System.ComponentModel;
using System.Diagnostics;

namespace Dubbing.Service.Api;

/// <summary>Draws graphs with Graphviz's <c>dot</c>, if it is installed.</summary>
internal static class Graphviz
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    // Large graphs take a processor for seconds; streams need it more.
    private static readonly SemaphoreSlim _one = new(1);

    /// <summary>The graph as SVG.</summary>
    /// <param name="graph">The graph, in Graphviz' language.</param>
    /// <param name="stop">The client is gone.</param>
    /// <param name="program">What draws it; a parameter so that tests can do without.</param>
    /// <exception cref="FileNotFoundException">Graphviz is not installed.</exception>
    /// <exception cref="InvalidOperationException">It could not draw the graph, or not in time.</exception>
    public static async Task<string> ToSvgAsync(string graph, CancellationToken stop, string program = "dot")
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bound.CancelAfter(_limit);
        try
        {
            await _one.WaitAsync(bound.Token);
            try
            {
                return await DrawAsync(graph, program, bound.Token);
            }
            finally
            {
                _one.Release();
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new InvalidOperationException($"dot took longer than {_limit.TotalSeconds} s");
        }
    }

    private static async Task<string> DrawAsync(string graph, string program, CancellationToken stop)
    {
        using var dot = Start(program);
        try
        {
            var svg = dot.StandardOutput.ReadToEndAsync(stop);
            var complaints = dot.StandardError.ReadToEndAsync(stop);
            await dot.StandardInput.WriteAsync(graph.AsMemory(), stop);
            dot.StandardInput.Close();
            await Task.WhenAll(svg, complaints, dot.WaitForExitAsync(stop));
            return dot.ExitCode == 0 ? await svg : throw new InvalidOperationException($"dot ended with exit code {dot.ExitCode}");
        }
        finally
        {
            if (!dot.HasExited) dot.Kill();
        }
    }

    private static Process Start(string program)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, ["-Tsvg"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception e)
        {
            throw new FileNotFoundException("Graphviz is not installed", e);
        }
    }
}
