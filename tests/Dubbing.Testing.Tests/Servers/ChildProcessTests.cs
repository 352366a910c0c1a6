using System.Diagnostics;
using Dubbing.Testing.Processes;

namespace Dubbing.Testing.Tests.Servers;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Lines_come_from_both_streams_and_the_exit_code_after_them()
    {
        await using var process = Shell("echo one; echo two >&2; exit 7");

        Assert.Equal(7, await process.Exited.WaitAsync(s_limit, TestContext.Current.CancellationToken));
        Assert.Equal(["one", "two"], process.Lines.Select(line => line.Text).Order(StringComparer.Ordinal));
        Assert.True((await process.WaitForLine("two", s_limit)).IsError);
    }

    [Fact]
    public async Task An_early_exit_ends_the_wait_for_a_line_and_shows_what_was_said()
    {
        await using var process = Shell("echo no such port; exit 3");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => process.WaitForLine("listening", s_limit));

        Assert.Contains("ended with code 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("no such port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_does_not_come_is_a_timeout()
    {
        await using var process = Shell("exec sleep 60");

        await Assert.ThrowsAsync<TimeoutException>(() => process.WaitForLine("listening", TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public async Task Disposing_ends_the_whole_group_even_if_it_ignores_sigterm_or_is_frozen()
    {
        var process = Shell("trap '' TERM; sleep 60 & echo $!; wait; sleep 60");
        var grandchild = int.Parse((await process.WaitForLine(_ => true, s_limit)).Text, System.Globalization.CultureInfo.InvariantCulture);
        process.Signal(UnixSignal.Stop);

        Assert.Equal(137, await process.Stop(TimeSpan.FromMilliseconds(200)));

        await process.DisposeAsync();
        await Gone(process.Id);
        await Gone(grandchild);
    }

    [Fact]
    public async Task A_child_dies_with_its_parent()
    {
        Assert.SkipWhen(Executables.TryFind("setpriv") is null, "There is no setpriv: only disposing ends a child here.");
        await using var process = ChildProcess.Start("sleep", ["60"]);

        // The signal itself can't be shown without killing this process; that it is armed can.
        var armed = Process.Start(new ProcessStartInfo("setpriv", ["--dump"]) { RedirectStandardOutput = true })!;
        Assert.DoesNotContain("Parent death signal: KILL", await armed.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await using var child = ChildProcess.Start("setpriv", ["--dump"]);
        await child.Exited.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.Contains(child.Lines, line => line.Text.Contains("Parent death signal: KILL", StringComparison.Ordinal));
    }

    [Fact]
    public void Ports_are_never_given_twice()
    {
        var ports = Enumerable.Range(0, 20).SelectMany(_ => FreePorts.Next(5)).ToArray();

        Assert.Equal(ports.Length, ports.Distinct().Count());
    }

    /// <summary>Waits until a process is gone or only waits to be reaped by init.</summary>
    internal static Task Gone(int id) => Poll.Until(() => !IsAlive(id), s_limit, () => $"process {id} is still there");

    private static bool IsAlive(int id)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{id}/stat");
            return status[status.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static ChildProcess Shell(string script) => ChildProcess.Start("sh", ["-c", script]);
}
