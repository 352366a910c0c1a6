using FsCheck;
using FsCheck.Fluent;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>One thing that happens, at random. Which fragment and how much are read as the kind needs them.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Back">Which fragment, counted from the last one.</param>
/// <param name="Amount">0–999.</param>
internal readonly record struct Happening(Kind Kind, int Back, int Amount);

internal enum Kind
{
    Submit,
    Run,
    Step,
    Success,
    Late,
    Partial,
    Transient,
    Permanent,
    Garbage,
    Ack,
    Error,
    Lost,
    Forgotten,
    Pause,
    SlowDown,
    Relief,
    Hold,
    Release,
}

/// <summary>Random interleavings of what can happen to an exchange.</summary>
internal static class Interleaving
{
    /// <summary>What happens in a stream is mostly fragments, time and results.</summary>
    private static readonly (int Weight, Kind Kind)[] Weights =
    [
        (20, Kind.Submit), (20, Kind.Run), (2, Kind.Step), (18, Kind.Success), (3, Kind.Late), (2, Kind.Partial), (5, Kind.Transient),
        (2, Kind.Permanent), (3, Kind.Garbage), (5, Kind.Ack), (3, Kind.Error), (2, Kind.Lost), (1, Kind.Forgotten), (2, Kind.Pause),
        (2, Kind.SlowDown), (2, Kind.Relief), (1, Kind.Hold), (2, Kind.Release),
    ];

    public static Arbitrary<Happening[]> Any { get; } = Arb.From(
        Gen.ArrayOf(
            from kind in Gen.Frequency(Weights.Select(weight => (weight.Weight, Gen.Constant(weight.Kind))).ToArray())
            from back in Gen.Choose(0, 7)
            from amount in Gen.Choose(0, 999)
            select new Happening(kind, back, amount)),
        Shorter);

    /// <summary>Throws with the shortest interleaving that was found, and with the seed that finds it again.</summary>
    public static void Check(Action<Happening[]> property) =>
        Prop.ForAll(Any, property).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithStartSize(10).WithEndSize(250));

    private static IEnumerable<Happening[]> Shorter(Happening[] all)
    {
        for (int length = all.Length / 2; length > 0; length /= 2)
        {
            for (int at = 0; at + length <= all.Length; at += length)
                yield return [.. all[..at], .. all[(at + length)..]];
        }
    }
}
