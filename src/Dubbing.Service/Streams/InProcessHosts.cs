using System.Collections.Concurrent;
using Dubbing.Pipeline;

namespace Dubbing.Service.Streams;

/// <summary>Pipelines in the service's own process: less memory, but a crash in native code takes every stream with it, and one that hangs stays.
/// Thread-safe.</summary>
/// <param name="launcher">Launches them.</param>
/// <param name="end">Ends what outlives the pipelines of a host of that name, when no more will come.</param>
internal sealed class InProcessHosts(IPipelineLauncher launcher, Func<string, Task> end)
{
    // Beyond their run's end, too: what hangs may still publish for as long as this process lives.
    private readonly ConcurrentDictionary<string, IRunningPipeline> _last = new(StringComparer.Ordinal);

    /// <summary>The host for the pipelines of that name. One at a time.</summary>
    public IPipelineHost For(string name) => new Host(this, name);

    private Task<IRunningPipeline> LaunchAsync(string name, LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values)
    {
        if (_last.TryGetValue(name, out var last) && last.IsAbandoned)
            throw new LaunchException("the pipeline before hangs and could not be torn down: restart the service, and let Workers:Isolation be process");
        return Task.FromResult(_last[name] = launcher.Launch(file, values));
    }

    private async ValueTask LeaveAsync(string name)
    {
        if (_last.TryGetValue(name, out var last) && !last.IsAbandoned) _last.TryRemove(name, out _);
        await end(name);
    }

    private sealed class Host(InProcessHosts hosts, string name) : IPipelineHost
    {
        public int? ProcessId => null;

        public bool HasEnded => false;

        public Task<IRunningPipeline> LaunchAsync(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values) => hosts.LaunchAsync(name, file, values);

        public ValueTask DisposeAsync() => hosts.LeaveAsync(name);
    }
}
