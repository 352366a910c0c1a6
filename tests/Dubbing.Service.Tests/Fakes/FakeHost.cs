using Dubbing.Pipeline;
using Dubbing.Service.Streams;

namespace Dubbing.Service.Tests.Fakes;

/// <summary>Where the pipelines of a <see cref="FakeLauncher"/> live: it ends when the test says so, as a worker does that is killed.</summary>
internal sealed class FakeHost(FakeLauncher launcher) : IPipelineHost
{
    public int? ProcessId => null;

    public bool HasEnded => launcher.HostHasEnded;

    public Task<IRunningPipeline> LaunchAsync(LaunchFile file, IReadOnlyDictionary<string, PlaceholderValue> values) => Task.FromResult(launcher.Launch(file, values));

    public ValueTask DisposeAsync() => new(launcher.HostLeaves);
}
