namespace Dubbing.Service.Streams;

/// <summary>Fragments of a run so far.</summary>
/// <param name="Cut">Complete fragments.</param>
/// <param name="Sent">Sent to the server.</param>
/// <param name="Acked">Acknowledged by it.</param>
/// <param name="Processed">Answered by it.</param>
/// <param name="Dubbed">Played dubbed.</param>
/// <param name="Fallback">Played with the original audio, by reason.</param>
internal sealed record FragmentCounts(
    long Cut, long Sent, long Acked, long Processed, long Dubbed, IReadOnlyDictionary<string, long> Fallback);
