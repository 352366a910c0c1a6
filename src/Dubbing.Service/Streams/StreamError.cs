namespace Dubbing.Service.Streams;

/// <summary>Something that went wrong in a stream.</summary>
/// <param name="At">When.</param>
/// <param name="Element">The element's factory, or <c>launch</c>.</param>
/// <param name="Message">What; secrets masked.</param>
internal sealed record StreamError(DateTimeOffset At, string Element, string Message);
