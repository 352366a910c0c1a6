using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Tests;

/// <summary>The clock check finds the rate that packets came at.</summary>
public sealed class ClockCheckTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(-500)]
    public void It_measures_how_far_a_clock_is_off(double ppm)
    {
        var arrived = Recording.FromTags(Clips.A.Tags.Select(tag => tag with { ArrivalNs = 1 + (long)(tag.Timestamp * 1e6 / (1 + ppm / 1e6)) }));
        var result = ClockCheck.Run("Clock", arrived, ppm);
        Assert.True(result.Ok, result.ToString());
        Assert.Equal(ppm, result.Figures["ppm"], 1.0);
        Assert.False(ClockCheck.Run("Clock", arrived, ppm + 2 * ClockCheck.TolerancePpm).Ok);
    }

    [Fact]
    public void A_file_has_no_clock() => Assert.False(ClockCheck.Run("Clock", Clips.A, 0).Ok);
}
