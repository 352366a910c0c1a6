using Dubbing.Testing.Processes;
using Dubbing.Testing.Servers;

namespace Dubbing.Plugin.Tests;

/// <summary>The service has the elements built in: a plugin file beside it, loaded or not, is not used.</summary>
public sealed class ServiceTests(StockPrograms programs)
{
    [Theory]
    [InlineData("yes")]
    [InlineData("no")]
    public async Task It_uses_its_own_elements_and_says_so(string fork)
    {
        using var folder = new TemporaryFolder();
        var settings = programs.Environment;
        settings["GST_REGISTRY_FORK"] = fork;
        settings["GST_REGISTRY"] = folder.File("registry");
        await using var service = await DubbingService.Start(settings, TimeSpan.FromSeconds(40));
        var line = await service.Process.WaitForLine($"the plugin {StockPrograms.PluginFile} is not used", TimeSpan.FromSeconds(5));
        Assert.NotNull(line);
        Assert.DoesNotContain(service.Process.Lines, said => said.Text.Contains("CRITICAL", StringComparison.Ordinal));
    }
}
