namespace Dubbing.Service.Streams;

/// <summary>A stream's answer to a hook event.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Message">The same for people.</param>
internal sealed record HookAnswer(HookResult Result, string Message);
