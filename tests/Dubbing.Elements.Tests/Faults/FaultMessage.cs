namespace Dubbing.Elements.Tests.Faults;

/// <summary>An element's message.</summary>
internal sealed record FaultMessage(string Name, IReadOnlyDictionary<string, object> Fields)
{
    /// <summary>The fragment's number; only where the message has one.</summary>
    public int Index => (int)(ulong)Fields["index"];

    /// <summary>A field as text; empty where there is none.</summary>
    public string Text(string field) => Fields.TryGetValue(field, out var value) ? $"{value}" : "";

    /// <inheritdoc />
    public override string ToString() => $"{Name}: {string.Join(", ", Fields.Where(f => f.Key != "session").Select(f => $"{f.Key}={f.Value}"))}";
}
