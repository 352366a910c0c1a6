using System.Text.RegularExpressions;
using Dubbing.Testing.Servers;

namespace Dubbing.Service.Tests.Configuration;

/// <summary>The pipelines that operators get and copy.</summary>
public sealed partial class ShippedPipelineTests
{
    /// <summary>Where a source adds two pads from two threads at once, GStreamer's parser may leave a track without its link, if it has to make the filter of
    /// <c>source. ! caps ! …</c> then: 343 of 3,000 in a program that does so, none with a filter that is there from the beginning.</summary>
    [Theory]
    [InlineData("pipelines/dub.launch", 2)]
    [InlineData("pipelines/dub-rtmp.launch", 0)]
    [InlineData("pipelines/egress.launch", 0)]
    [InlineData("pipelines/passthrough.launch", 0)]
    [InlineData("docs/elements.md", 3)]
    public void Pads_that_come_later_are_filtered_by_an_element_that_is_there(string file, int filters)
    {
        var text = File.ReadAllText(Repository.PathTo(file));
        Assert.Empty(BareFilter().Matches(text).Select(match => match.Value));
        Assert.Equal(filters, NamedFilter().Count(text));
    }

    [GeneratedRegex(@"\w+\. !\s+(application|audio|video)/\S+")]
    private static partial Regex BareFilter();

    [GeneratedRegex(@"\w+\. ! capsfilter caps=\S+")]
    private static partial Regex NamedFilter();
}
