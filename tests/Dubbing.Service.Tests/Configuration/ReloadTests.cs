using Dubbing.Service.Configuration;
using Dubbing.Service.Tests.Fakes;

namespace Dubbing.Service.Tests.Configuration;

public sealed class ReloadTests
{
    [Fact]
    public async Task New_runs_begin_with_the_new_configuration_and_a_running_one_keeps_its_own()
    {
        await using var service = await TestService.StartAsync();
        await service.ReadyAsync("a");
        var running = await service.Launcher.NextAsync();
        await File.WriteAllTextAsync(service.SettingsFile, """{"Dubbing":{"Sts":{"TargetLanguage":"fr"},"Streams":{"b":{"Voice":"anna","StsApiKey":"new-s3cr3t"}},"LogFormat":"json"}}""", TestContext.Current.CancellationToken);
        Assert.Equal(["LogFormat"], service.Configuration.Reload() ?? ["faults"]);
        await service.ReadyAsync("b");
        var next = await service.Launcher.NextAsync();
        Assert.Equal(("fr", "anna"), (next.Values["target_language"].Text, next.Values["voice_profile"].Text));
        running.Fail("gone with s3cr3t-key and new-s3cr3t", "mux", "flvmux");
        var status = await service.UntilRetryAsync();
        Assert.Equal("gone with *** and ***", Assert.Single(status.Errors).Message);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("es", (await service.Launcher.NextAsync()).Values["target_language"].Text);
    }

    [Fact]
    public async Task New_runs_begin_with_a_changed_pipeline_file_and_a_broken_one_changes_nothing()
    {
        await using var service = await TestService.StartAsync();
        var path = Path.Combine(service.PipelineFolder, "dub-rtmp.launch");
        await File.WriteAllTextAsync(path, "fakesrc name=source ! fakesink name=${stream_id}", TestContext.Current.CancellationToken);
        Assert.Empty(service.Configuration.Reload()!);
        await service.ReadyAsync("a");
        Assert.Equal("fakesrc", (await service.Launcher.NextAsync()).File.Factories[0].Name);

        await File.WriteAllTextAsync(path, "fakesrc ! fakesink name=${nmae}", TestContext.Current.CancellationToken);
        Assert.Null(service.Configuration.Reload());
        var health = new Uri("/health", UriKind.Relative);
        Assert.StartsWith(
            """{"status":"healthy","configuration_faults":["Dubbing:Pipelines:BySourceType:rtmp*: dub-rtmp.launch: ${nmae} is no placeholder;""",
            await service.Http.GetStringAsync(health, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await service.ReadyAsync("b");
        Assert.Equal(["stream_id"], (await service.Launcher.NextAsync()).File.Placeholders);

        await File.WriteAllTextAsync(path, "fakesrc ! fakesink", TestContext.Current.CancellationToken);
        Assert.Empty(service.Configuration.Reload()!);
        Assert.Equal("""{"status":"healthy"}""", await service.Http.GetStringAsync(health, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_set_up_once_waits_for_a_restart_and_the_rest_counts_at_once()
    {
        await using var service = await TestService.StartAsync(("DUBBING__API__INPUTS", "rtsp://camera"));
        await File.WriteAllTextAsync(service.SettingsFile, """
            {"Dubbing":{"Workers":{"MaxMegabytes":1},"Lifecycle":{"DrainSeconds":60,"GraceSeconds":7},"Pipelines":{"ByName":{"other":"dub.launch"}}}}
            """, TestContext.Current.CancellationToken);
        Assert.Equal(["Workers", "Lifecycle:DrainSeconds"], service.Configuration.Reload() ?? ["faults"]);
        var lifecycle = service.Configuration.Current.Lifecycle;
        Assert.Equal((20, 7), (lifecycle.Drain.TotalSeconds, lifecycle.Grace.TotalSeconds));
        var (status, body) = await service.SendAsync(HttpMethod.Post, "/v1/streams", """{"stream_id":"a","input":"rtsp://camera/1","pipeline":"other"}""");
        Assert.True(status == 202, body);
    }

    [Fact]
    public void A_settings_file_that_must_be_there_is_a_fault_when_it_is_not()
    {
        var (options, faults) = OptionsValidator.Validate("/nowhere/setings.json", new Dictionary<string, string>(), (_, _) => [], isExpected: true);
        Assert.Null(options);
        Assert.Equal("/nowhere/setings.json: the settings file is not there", Assert.Single(faults).ToString());
    }

    [Fact]
    public async Task A_change_of_a_file_is_seen_and_each_fault_is_a_line()
    {
        await using var service = await TestService.StartAsync();
        var reads = 0;
        IReadOnlyList<ConfigurationFault> faults = [];
        var options = service.Configuration.Current;
        var store = new ConfigurationStore(options, () =>
        {
            reads++;
            return (faults.Count == 0 ? options : null, faults);
        });
        using var log = new CapturedLog();
        using var watcher = new ConfigurationWatcher(store, service.SettingsFile, service.Time, log.For<ConfigurationWatcher>());
        watcher.Look();
        watcher.Look();
        Assert.Equal(0, reads);
        await File.WriteAllTextAsync(service.SettingsFile, "{}", TestContext.Current.CancellationToken);
        watcher.Look();
        watcher.Look();
        Assert.Equal(1, reads);
        faults = [new ConfigurationFault("Dubbing:A", "wrong"), new ConfigurationFault("Dubbing:B", "worse")];
        await File.WriteAllTextAsync(Path.Combine(service.PipelineFolder, "new.launch"), "fakesrc ! fakesink", TestContext.Current.CancellationToken);
        watcher.Look();
        Assert.Equal(
            [
                "Information: the configuration has changed; new runs begin with it",
                "Error: the configuration has changed and is not used: Dubbing:A: wrong",
                "Error: the configuration has changed and is not used: Dubbing:B: worse",
            ], log.Lines);
    }

    /// <summary>As Kubernetes mounts a ConfigMap: the file is a link into a folder that is a link, and only that one changes.</summary>
    [Fact]
    public async Task A_change_behind_links_is_seen()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new Testing.Processes.TemporaryFolder();
        foreach (var (version, text) in (ReadOnlySpan<(string, string)>)[("1", "{}"), ("2", """{"Dubbing":{}}""")])
        {
            Directory.CreateDirectory(folder.File(version));
            File.WriteAllText(Path.Combine(folder.File(version), "settings.json"), text);
        }

        Directory.CreateSymbolicLink(folder.File("data"), folder.File("1"));
        File.CreateSymbolicLink(folder.File("settings.json"), Path.Combine("data", "settings.json"));
        var (reads, options) = (0, service.Configuration.Current);
        var store = new ConfigurationStore(options, () =>
        {
            reads++;
            return (options, []);
        });
        using var log = new CapturedLog();
        using var watcher = new ConfigurationWatcher(store, folder.File("settings.json"), service.Time, log.For<ConfigurationWatcher>());
        watcher.Look();
        Directory.Delete(folder.File("data"));
        Directory.CreateSymbolicLink(folder.File("data"), folder.File("2"));
        watcher.Look();
        watcher.Look();
        Assert.Equal(1, reads);
    }
}
