namespace Dubbing.Testing.Measure;

/// <summary>What one check found.</summary>
/// <param name="Name">The line's name in a report, such as <c>Video</c>.</param>
/// <param name="Ok">Whether everything that it asks for holds.</param>
/// <param name="Figures">What was measured, by name with its unit, in the order of measuring.</param>
/// <param name="Problems">What does not hold; never empty when not ok. Long lists are cut, with the number of the rest.</param>
public sealed record CheckResult(string Name, bool Ok, IReadOnlyDictionary<string, double> Figures, IReadOnlyList<string> Problems)
{
    /// <summary>One line a problem: for assertion messages.</summary>
    public override string ToString() => $"{Name}: {(Ok ? "ok" : string.Join(Environment.NewLine, Problems))}";
}
