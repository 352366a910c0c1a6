namespace Dubbing.Elements.Sts.Protocol;

/// <summary><c>fragment:processed</c>.</summary>
/// <param name="FragmentId">The fragment.</param>
/// <param name="StreamId">The stream.</param>
/// <param name="SequenceNumber">Its number.</param>
/// <param name="Status"><c>success</c>, <c>partial</c> or <c>failed</c>.</param>
/// <param name="Audio">The audio; null if absent or unusable.</param>
/// <param name="AudioFault">Why the audio is unusable; null if it is absent or fine.</param>
/// <param name="Transcript">What was understood.</param>
/// <param name="TranslatedText">Its translation.</param>
/// <param name="ProcessingTimeMs">The server's account.</param>
/// <param name="StageTimings">Where the time went.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record FragmentProcessedMessage(
    string? FragmentId, string? StreamId, long? SequenceNumber, string? Status, DubbedAudio? Audio, string? AudioFault,
    string? Transcript, string? TranslatedText, long? ProcessingTimeMs, StageTimings? StageTimings, ProcessingError? Error)
    : ServerMessage(EventNames.FragmentProcessed);
