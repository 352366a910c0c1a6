using Dubbing.Testing.Fixtures;
using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

/// <summary>The fixtures, read and decoded once for all tests.</summary>
internal static class Clips
{
    private static readonly Lazy<Recording> LazyA = new(() => Recording.FromFile(FixtureFiles.A));
    private static readonly Lazy<Recording> LazyB = new(() => Recording.FromFile(FixtureFiles.B));
    private static readonly Lazy<Recording> LazyC = new(() => Recording.FromFile(FixtureFiles.C));
    private static readonly Lazy<Recording> LazyD = new(() => Recording.FromFile(FixtureFiles.D));
    private static readonly Lazy<Recording> LazyE = new(() => Recording.FromFile(FixtureFiles.E));

    public static Recording A => LazyA.Value;

    public static Recording B => LazyB.Value;

    public static Recording C => LazyC.Value;

    public static Recording D => LazyD.Value;

    public static Recording E => LazyE.Value;

    public static Recording ByName(string name) => name switch
    {
        "a" => A,
        "b" => B,
        "c" => C,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
