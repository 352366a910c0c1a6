using System.Diagnostics;
using System.Text;
using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Testing.Tests.Servers;

/// <summary>deploy/mediamtx/hooks/mtx-hook under the shells and wgets it will meet.</summary>
public sealed class HookScriptTests : IDisposable
{
    private static readonly string s_script = Repository.PathTo("deploy/mediamtx/hooks/mtx-hook");

    private readonly TemporaryFolder _folder = new();
    private readonly HookReceiver _receiver = new();

    public static TheoryData<string, string> HostileQueries()
    {
        string[] queries =
        [
            "",
            "lang=es&voice=anna&pipeline=voiceover",
            "lang%3Des%26v%3D1",
            "a=\"quoted\"&b='single'&c=\\back\\\\slash",
            "$HOME`touch pwned`$(touch pwned);touch pwned|&<>*?[a-z]~#!{x,y}",
            "tab\tcr\rlf\nend\n\n",
            "\u0001\u0002\b\f\u001b[31m\u007f",
            "-n -e \\u0041 %s %d %",
            "é ü 日本語 😀 \u2028 \ufffd",
            " leading and trailing ",
            new string('"', 8000),
        ];
        var data = new TheoryData<string, string>();
        foreach (var shell in new[] { "dash", "busybox" })
        {
            foreach (var query in queries)
                data.Add(shell, query);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(HostileQueries))]
    public async Task Any_query_arrives_as_it_is(string shell, string query)
    {
        var result = await Run(shell, "ready", query);

        Assert.Equal((0, ""), result);
        Assert.Equal(
            new HookEvent("/v1/mediamtx/events/ready", "live/demo/in", query, "rtmpConn", "8f3a"), await _receiver.Next());
        Assert.False(File.Exists(_folder.File("pwned")), "the query was evaluated");
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public async Task Bytes_that_are_no_utf8_become_replacement_characters(string shell)
    {
        // printf in a shell makes the bytes, as .NET's environment is text: a lone FF, an overlong slash, a surrogate, a cut é.
        const string command = """MTX_QUERY=$(printf 'a\377b\300\257c\355\240\200d\303'); export MTX_QUERY; exec "$@" """;

        var result = await Run(shell, "ready", "", command);

        Assert.Equal((0, ""), result);
        var query = (await _receiver.Next()).Query;
        Assert.Equal("abcd", query.Replace("\ufffd", "", StringComparison.Ordinal));
        Assert.StartsWith("a\ufffdb\ufffd", query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public async Task Not_ready_goes_to_its_own_address(string shell)
    {
        Assert.Equal((0, ""), await Run(shell, "not-ready", "x=1"));

        Assert.Equal("/v1/mediamtx/events/not-ready", (await _receiver.Next()).Url);
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public async Task An_endless_query_is_left_out_and_the_stream_still_announced(string shell)
    {
        var (code, error) = await Run(shell, "ready", new string('x', 100_000));

        Assert.Equal(0, code);
        Assert.Equal("mtx-hook: the query of the publish URL is longer than 8192 bytes and is left out\n", error);
        Assert.Equal("", (await _receiver.Next()).Query);
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public async Task A_refusal_is_one_line_and_a_failure(string shell)
    {
        _receiver.Status = 422;

        var (code, error) = await Run(shell, "ready", "");

        Assert.Equal(1, code);
        AssertOneLine(error, $"mtx-hook: ready of a stream not delivered to {_receiver.Url}: ");
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public async Task A_service_out_of_reach_is_one_line_without_credentials(string shell)
    {
        var (code, error) = await Run(shell, "ready", "", url: $"http://user:secret@127.0.0.1:{FreePorts.Next()}/");

        Assert.Equal(1, code);
        AssertOneLine(error, "mtx-hook: ready of a stream not delivered to http://127.0.0.1:");
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public async Task A_service_that_never_answers_holds_it_for_seconds_only(string shell)
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var clock = Stopwatch.StartNew();

        var (code, error) = await Run(shell, "ready", "", url: $"http://{silent.LocalEndpoint}");

        Assert.Equal(1, code);
        AssertOneLine(error, $"mtx-hook: ready of a stream not delivered to http://{silent.LocalEndpoint}: no answer within 5 s");
        Assert.InRange(clock.Elapsed.TotalSeconds, 4, 9);
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox")]
    public async Task A_wrong_event_says_how_to_use_it(string shell) =>
        Assert.Equal((2, "mtx-hook: usage: mtx-hook ready|not-ready\n"), await Run(shell, "gone", ""));

    public void Dispose()
    {
        _receiver.Dispose();
        _folder.Dispose();
    }

    private static void AssertOneLine(string error, string start)
    {
        Assert.StartsWith(start, error, StringComparison.Ordinal);
        Assert.Equal(error.Length - 1, error.IndexOf('\n', StringComparison.Ordinal));
    }

    /// <summary>Runs the script in a folder of its own; for busybox every tool is busybox's own, as in the MediaMTX image.</summary>
    private async Task<(int Code, string Error)> Run(string shell, string @event, string query, string? wrapper = null, string? url = null)
    {
        string[] command = [Executables.Find("dash", "dash"), s_script, @event];
        if (shell == "busybox")
        {
            var busybox = Executables.Find("busybox", "busybox");
            foreach (var applet in new[] { "od", "printf", "timeout", "wget" })
                File.CreateSymbolicLink(_folder.File(applet), busybox);
            command = [busybox, "sh", s_script, @event];
        }
        if (wrapper is not null)
            command = [Executables.Find("dash", "dash"), "-c", wrapper, "dash", .. command];

        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = _folder.Path,
        };
        info.Environment.Clear();
        info.Environment["PATH"] = shell == "busybox" ? _folder.Path : "/usr/bin:/bin";
        info.Environment["DUBBING_URL"] = url ?? _receiver.Url;
        info.Environment["MTX_PATH"] = "live/demo/in";
        info.Environment["MTX_QUERY"] = query;
        info.Environment["MTX_SOURCE_TYPE"] = "rtmpConn";
        info.Environment["MTX_SOURCE_ID"] = "8f3a";
        using var process = Process.Start(info)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, error);
    }
}
