namespace Dubbing.Service.MediaServer;

/// <summary>MediaMTX's control API can't be used; the message says why, without any credentials.</summary>
/// <param name="message">Why.</param>
internal sealed class ControlApiException(string message) : Exception(message);
