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
        var arrived = Recording.FromTags(Clips.A.Tags.Select(tag => tag with { ArrivalNs = Arrival(tag.Timestamp) }));
        var result = ClockCheck.Run("Clock", arrived, ppm);
        Assert.True(result.Ok, result.ToString());
        Assert.Equal(ppm, result.Figures["ppm"], 15.0);
        Assert.False(ClockCheck.Run("Clock", arrived, ppm + 2 * ClockCheck.TolerancePpm).Ok);

        // Most of what comes is late.
        long Arrival(uint timestamp) => 1 + (long)(timestamp * 1e6 / (1 + ppm / 1e6)) + timestamp % 1000 / 100 * 20_000_000;
    }

    [Fact]
    public void A_file_has_no_clock() => Assert.False(ClockCheck.Run("Clock", Clips.A, 0).Ok);
}
