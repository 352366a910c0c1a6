namespace Dubbing.Elements.Tests.Faults;

/// <summary>Tests that play many streams at once and count what the process holds: nothing else beside them.</summary>
[CollectionDefinition(nameof(FaultCollection), DisableParallelization = true)]
public sealed class FaultCollection;
