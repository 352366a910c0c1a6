namespace Dubbing.EndToEnd.Tests.Flow;

/// <summary>Tests with so many streams that they would disturb the pacing of others, or others theirs.</summary>
[CollectionDefinition(nameof(ManyStreamsCollection), DisableParallelization = true)]
public sealed class ManyStreamsCollection;
