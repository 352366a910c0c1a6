namespace Dubbing.Elements.Tests.Pipelines;

/// <summary>Tests that judge by the clock run one at a time.</summary>
[CollectionDefinition(nameof(PipelineCollection), DisableParallelization = true)]
public sealed class PipelineCollection;
