namespace Dubbing.Elements;

/// <summary>What a <see cref="LiveTimestamper"/> does to timestamps.</summary>
public enum TimestampMode
{
    /// <summary>Shift them to running time.</summary>
    Shift,

    /// <summary>Leave them.</summary>
    Keep,
}
