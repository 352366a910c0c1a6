using System.Collections;
using System.Net.Sockets;
using Dubbing.Elements;
using Dubbing.Pipeline;
using Dubbing.Service.Configuration;
using Dubbing.Service.Hosting;
using Dubbing.Service.Streams;
using Dubbing.Service.Workers;

// EX_CONFIG of sysexits.h.
const int BadConfiguration = 78;

if (args is [WorkerProgram.Command, var socket]) return await WorkerProgram.RunAsync(socket);

try
{
    Gst.Application.Init();
}
catch (Exception failure) when (failure is DllNotFoundException or GLib.GException)
{
    Console.Error.WriteLine($"GStreamer can't be used: {failure.Message} Install the Debian packages that the README names.");
    return BadConfiguration;
}

var replacedPlugin = DubbingPlugin.Register();

var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
var settings = environment.GetValueOrDefault("DUBBING_SETTINGS") is var path && path is { Length: > 0 }
    ? Path.GetFullPath(path)
    : Path.Combine(AppContext.BaseDirectory, "appsettings.json");
// One that is named must be there, and one that was there is not given up for the defaults while an editor writes it anew.
var isExpected = path is { Length: > 0 } || File.Exists(settings);
var reload = new ConfigurationReload(settings, () => OptionsValidator.Validate(
    settings, environment, (file, values) => LaunchCheck.Faults(file, values, DubbingPlugin.Needs), isExpected));
var (options, faults) = reload.Read();
foreach (var fault in faults) Console.Error.WriteLine(fault);
if (options is null) return BadConfiguration;

await using var app = DubbingApp.Build(options, PipelineHosts(options.Workers), TimeProvider.System, reload: reload);
app.Lifetime.ApplicationStarted.Register(() => app.Logger.LogInformation(
    "dubbing listens on {Addresses}; GStreamer {Version}", string.Join(' ', app.Urls), Gst.Application.Version));
if (replacedPlugin is not null)
    app.Logger.LogInformation("the plugin {File} is not used: the service has these elements built in", replacedPlugin);
try
{
    await app.RunAsync();
}
catch (IOException failure) when (failure.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
{
    Console.Error.WriteLine($"Dubbing:Port: {failure.Message} Stop what listens there, or choose another port (PORT).");
    return BadConfiguration;
}
catch (SocketException failure)
{
    Console.Error.WriteLine(
        $"Dubbing:Address, Dubbing:Port: {options.Address}:{options.Port} can't be listened on: {failure.Message}. "
        + "Choose an address of this machine, and a port from 1024 on.");
    return BadConfiguration;
}

await DubbingPlugin.EndSessionsAsync();
return 0;

static Func<ILoggerFactory, Func<string, IPipelineHost>> PipelineHosts(WorkerOptions workers)
{
    if (!workers.Isolated)
    {
        var hosts = new InProcessHosts(new PipelineLauncher(), DubbingPlugin.EndSessionsAsync);
        return _ => hosts.For;
    }

    var spawner = new WorkerSpawner(WorkerSpawner.OwnCommand);
    return logging =>
    {
        var logger = logging.CreateLogger<WorkerProcess>();
        return _ => new WorkerHost(() => WorkerProcess.StartAsync(spawner, workers, TimeProvider.System, logger));
    };
}
