using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Testing.Tests.Servers;

/// <summary>The witnesses from outside see what they are there for.</summary>
public sealed class WitnessTests(Clip clip) : IClassFixture<Clip>
{
    private const string Path = "live/demo-1/out";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task The_media_servers_log_tells_who_published_and_how_it_ended()
    {
        await using var server = await NginxRtmp.Start(["demo-1"], new NginxRtmpOptions());
        var url = $"{server.RtmpBase}/{Path}";
        await using var first = Publisher.Start(clip.File, url);
        await Until(server, seen => seen is [{ EndedNs: null }]);
        await using var second = Publisher.Start(clip.File, url);
        await Until(server, seen => seen is [{ EndedNs: null, IsRefused: false }, { EndedNs: not null, IsRefused: true }]);
        await first.Stop();
        await Until(server, seen => seen is [{ EndedNs: not null, IsClosed: true }, _]);

        await using var killed = Publisher.Start(clip.File, url);
        await Until(server, seen => seen is [_, _, { EndedNs: null }]);
        killed.Process.Signal(UnixSignal.Kill);
        await Until(server, seen => seen is [_, _, { EndedNs: not null, IsClosed: false, IsRefused: false }]);

        await using var last = Publisher.Start(clip.File, url);
        await Until(server, seen => seen is [_, _, _, { EndedNs: null }]);
        await server.Kill();
        await Until(server, seen => seen is [_, _, _, { EndedNs: not null, IsClosed: false }]);
        await server.StartAgain();
        await using var returned = Publisher.Start(clip.File, url);
        await Until(server, seen => seen is [_, _, _, _, { EndedNs: null, IsRefused: false }]);
        Assert.Empty(server.Publications.Of("live/demo-1/in"));
    }

    [Fact]
    public async Task A_process_of_a_process_is_seen_crashes_and_is_a_zombie_until_somebody_takes_notice()
    {
        // The shell becomes a program that never asks for its children.
        await using var parent = ChildProcess.Start("sh", ["-c", "sleep 60 & exec sleep 60"]);
        IReadOnlyList<int> children = [];
        await Poll.Until(() => (children = ProcessTree.Children(parent.Id)).Count == 1, s_limit, () => $"{children.Count} children");
        Assert.True(ProcessTree.IsAlive(children[0]));
        await ProcessTree.Crash(children[0]);
        Assert.False(ProcessTree.IsAlive(children[0]));
        Assert.Equal(children, ProcessTree.Zombies(parent.Id));
        Assert.Empty(ProcessTree.Children(parent.Id));
        Assert.True(ProcessTree.IsAlive(parent.Id));
    }

    private static Task Until(NginxRtmp server, Func<IReadOnlyList<Publication>, bool> holds) =>
        Poll.Until(() => holds(server.Publications.Of(Path)), s_limit, () => string.Join('\n', server.Publications.Of(Path)));
}
