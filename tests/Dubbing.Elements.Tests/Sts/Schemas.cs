using NJsonSchema;

namespace Dubbing.Elements.Tests.Sts;

/// <summary>The schemas of the events that a client sends, written from the contract.</summary>
internal static class Schemas
{
    public static string[] Events { get; } = ["stream:init", "fragment:data", "fragment:ack", "stream:pause", "stream:resume", "stream:end"];

    /// <summary>What is wrong with a payload; empty if it holds.</summary>
    public static async Task<string[]> FaultsAsync(string name, string json)
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Sts", "schemas", $"{name.Replace(':', '_')}.json");
        JsonSchema schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(file));
        return [.. schema.Validate(json).Select(fault => $"{name} {fault.Path}: {fault.Kind}")];
    }
}
