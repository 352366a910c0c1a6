using System.Text;

namespace Dubbing.Testing.Measure;

/// <summary>The tones with which the echo server marks what it returns.</summary>
public static class Marks
{
    private const int Slots = 6;
    private const int Steps = 5;

    /// <summary>All frequencies that a mark can have, in Hz.</summary>
    public static IReadOnlyList<double> Frequencies { get; } =
        [.. Enumerable.Range(0, Slots * Steps).Select(i => Frequency(i / Steps, i % Steps))];

    /// <summary>Frequency of the mark of a stream's fragment in Hz: neighbours in one stream are at least 360 Hz apart.</summary>
    public static double MarkFrequency(string streamId, int sequence) =>
        Frequency((int)(Fnv1A(streamId) % Slots), 2 * sequence % Steps);

    private static double Frequency(int slot, int step) => 500 + 900 * slot + 180 * step;

    private static uint Fnv1A(string text)
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ b) * 16777619;
        return hash;
    }
}
