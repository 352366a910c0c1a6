namespace Dubbing.Demo;

/// <summary>The demo can't go on; the message is the line that the user sees: what is wrong and what mends it.</summary>
public sealed class DemoException(string message) : Exception(message);
