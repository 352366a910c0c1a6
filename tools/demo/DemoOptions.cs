using System.Globalization;
using Dubbing.Testing.Servers;

namespace Dubbing.Demo;

/// <summary>What the user may change, by argument or environment variable; an argument wins.</summary>
public sealed record DemoOptions
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Usage = """
        usage: make demo [ARGS="--clip b --sts-delay 1500"]

          --clip a|b|c|e|FILE   CLIP       what is published: a fixture, or a file with H.264 and AAC          (a)
          --sts-delay MS        DELAY      time that the echo STS server takes for a fragment                  (300)
          --timeout MS          TIMEOUT    time that it may take; then the original plays. Part of the delay   (2000)
          --fragment MS         FRAGMENT   length of a fragment. Part of the delay                             (6000)
          --pipeline FILE       PIPELINE   a pipeline file, in the folder pipelines or anywhere     (by source type)
          MEDIAMTX_BIN          a MediaMTX executable to use as media server                  (nginx with its RTMP module)

        The recording, the service's log and the report are left in artifacts/demo.
        """;

    private static readonly (string Argument, string Variable)[] s_names =
    [
        ("--clip", "CLIP"), ("--sts-delay", "DELAY"), ("--timeout", "TIMEOUT"), ("--fragment", "FRAGMENT"), ("--pipeline", "PIPELINE"),
    ];

    /// <summary>A fixture's letter or a file's path.</summary>
    public required string Clip { get; init; }

    /// <summary>Whether <see cref="Clip"/> is one of the fixtures, which have a beep and a flash a second to judge by.</summary>
    public bool IsFixture => Clip is "a" or "b" or "c" or "e";

    /// <summary>Time that the STS server takes.</summary>
    public required TimeSpan StsDelay { get; init; }

    /// <summary>Time that it may take.</summary>
    public required TimeSpan StsTimeout { get; init; }

    /// <summary>Length of a fragment.</summary>
    public required TimeSpan Fragment { get; init; }

    /// <summary>A pipeline file for every source; null: as configured.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Whether the pipeline cuts fragments at all (passthrough.launch does not).</summary>
    public bool Dubs => Pipeline is null || File.ReadAllText(Pipeline).Contains("stssink", StringComparison.Ordinal);

    /// <summary>Reads arguments over environment.</summary>
    /// <exception cref="DemoException">One is unknown or wrong.</exception>
    public static DemoOptions Read(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        var values = s_names.ToDictionary(name => name.Argument, name => environment(name.Variable) is { Length: > 0 } value ? value : null);
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = arguments[i].Split('=', 2) is [var left, var right] ? (left, right) : (arguments[i], null);
            if (!values.ContainsKey(name))
                throw new DemoException($"there is no argument '{name}'; known are {string.Join(", ", values.Keys)} and --help");
            if (value is null && ++i == arguments.Count)
                throw new DemoException($"{name} needs a value");
            values[name] = value ?? arguments[i];
        }
        return new DemoOptions
        {
            Clip = Clipped(values["--clip"] ?? "a"),
            StsDelay = Milliseconds("--sts-delay", 300, 0, 60_000),
            StsTimeout = Milliseconds("--timeout", 2000, 1000, 30_000),
            Fragment = Milliseconds("--fragment", 6000, 1000, 6000),
            Pipeline = values["--pipeline"] is { } pipeline ? PathOfPipeline(pipeline) : null,
        };

        TimeSpan Milliseconds(string name, int fallback, int least, int most) => TimeSpan.FromMilliseconds(Number(name, fallback, least, most));

        int Number(string name, int fallback, int least, int most) =>
            values[name] is not { } text ? fallback
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw new DemoException($"{name} '{text}' is not valid; give a whole number from {least} to {most}");
    }

    private static string Clipped(string clip) =>
        clip is "a" or "b" or "c" or "e" ? clip
        : File.Exists(clip) ? Path.GetFullPath(clip)
        : throw new DemoException($"there is no clip '{clip}'; give a, b, c, e or the path of a file with H.264 and AAC");

    private static string PathOfPipeline(string pipeline)
    {
        var inFolder = Path.Combine(Repository.Root, "pipelines", pipeline);
        return File.Exists(inFolder) ? inFolder
            : File.Exists(pipeline) ? Path.GetFullPath(pipeline)
            : throw new DemoException($"there is no pipeline file '{pipeline}', neither here nor in {Path.GetDirectoryName(inFolder)}");
    }
}
