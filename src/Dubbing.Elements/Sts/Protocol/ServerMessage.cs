namespace Dubbing.Elements.Sts.Protocol;

/// <summary>What the server says, read and cleaned. Every field may be missing, so every field may be null.</summary>
/// <param name="Event">The event's name, for faults.</param>
internal abstract record ServerMessage(string Event);
