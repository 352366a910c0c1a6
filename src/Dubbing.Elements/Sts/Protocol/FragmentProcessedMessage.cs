namespace Dubbing.Elements.Sts.Protocol;

/// <summary><c>fragment:processed</c>.</summary>
/// <param name="FragmentId">The fragment.</param>
/// <param name="StreamId">The stream.</param>
/// <param name="SequenceNumber">Its number.</param>
/// <param name="Status">One of <see cref="ResultStatus"/>; null if the server's word is missing or unknown.</param>
/// <param name="Audio">The audio; null if absent or unusable. Not read from a failed result.</param>
/// <param name="AudioFaulty">It should be there and is missing or unusable.</param>
/// <param name="Transcript">What was understood.</param>
/// <param name="TranslatedText">Its translation.</param>
/// <param name="ProcessingTimeMs">The server's account.</param>
/// <param name="StageTimings">Where the time went.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record FragmentProcessedMessage(
    string? FragmentId, string? StreamId, long? SequenceNumber, string? Status, DubbedAudio? Audio, bool AudioFaulty,
    string? Transcript, string? TranslatedText, long? ProcessingTimeMs, StageTimings? StageTimings, ProcessingError? Error)
    : ServerMessage(EventNames.FragmentProcessed);
