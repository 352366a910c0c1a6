namespace Dubbing.Testing.Measure;

/// <summary>What was heard where a tone was expected.</summary>
/// <param name="Expected">What was expected.</param>
/// <param name="Coverage">Share (0 … 1) of the fragment's 10 ms blocks in which the expected tone dominates.</param>
/// <param name="StartMs">Where the tone really begins, null if it has no beginning near the fragment or is not there.</param>
/// <param name="EndMs">Where it really ends, null likewise.</param>
/// <param name="OtherHz">Mark frequencies, other than the expected one, that dominate blocks of the fragment.</param>
public sealed record ToneFinding(
    ToneFragment Expected, double Coverage, double? StartMs, double? EndMs, IReadOnlyList<double> OtherHz)
{
    /// <summary>Whether the expected tone is there at all.</summary>
    public bool IsPresent => Coverage >= 0.5;
}
