using Dubbing.Pipeline;

namespace Dubbing.Service.Configuration;

/// <summary>What one run of one stream works with, after its query, its section and the defaults. Immutable.</summary>
/// <param name="File">The pipeline file.</param>
/// <param name="Sts">The STS server and what is asked of it.</param>
/// <param name="FragmentMs">Length of a fragment, in ms.</param>
/// <param name="Egress">RTMP addresses that the output is to be passed on to; they carry stream keys.</param>
public sealed record StreamSettings(LaunchFile File, StsOptions Sts, int FragmentMs, IReadOnlyList<string> Egress)
{
    /// <summary>What the defaults make of a pipeline file.</summary>
    public static StreamSettings Default(DubbingOptions options, LaunchFile file) => new(file, options.Sts, options.Segments.FragmentMs, []);
}
