namespace Dubbing.Service.Captions;

/// <summary>What is said in one fragment.</summary>
/// <param name="Output">Which of the run's outputs the times belong to, from 1: a pipeline that is started again begins a new one.</param>
/// <param name="Index">The fragment.</param>
/// <param name="Start">Its beginning, in seconds from the output's first packet.</param>
/// <param name="End">Its end.</param>
/// <param name="Outcome">What is heard: <c>dubbed</c> or <c>fallback</c>.</param>
/// <param name="Original">What was understood; null: the server did not say.</param>
/// <param name="Translated">Its translation; null: the server did not say.</param>
internal sealed record Caption(int Output, ulong Index, double Start, double End, string Outcome, string? Original, string? Translated)
{
    /// <summary>The text of a track.</summary>
    public string? Text(CaptionTrack track) => track == CaptionTrack.Original ? Original : Translated;
}
