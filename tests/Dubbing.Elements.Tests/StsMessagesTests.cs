using Dubbing.Elements.Sts;
using Dubbing.Elements.Tests.Sessions;

namespace Dubbing.Elements.Tests;

public sealed class StsMessagesTests
{
    public StsMessagesTests() => TestPipeline.EnsureElements();

    /// <summary>Its sign says whether the result came in time, as <c>late</c> does, however close it was.</summary>
    [Theory]
    [InlineData(1_500, false, 2)]
    [InlineData(400, false, 1)]
    [InlineData(0, true, 0)]
    [InlineData(-400, true, 0)]
    [InlineData(-1_500, true, -1)]
    public void Slack_is_above_nothing_exactly_in_time(int microseconds, bool late, long expectedMs)
    {
        using var message = StsMessages.From("", new FragmentProcessed(
            PlayoutBench.Fragment(0), "success", late, 0, TimeSpan.Zero, TimeSpan.FromMicroseconds(microseconds), null, null, 0))!;
        Assert.Equal(expectedMs, message.Get("slack-ms"));
        Assert.Equal(late, message.Get("late"));
    }
}
