namespace Dubbing.Elements.Sessions;

/// <summary>One of the sounds that the output is made of, by position in the output. The session's lock guards it.</summary>
internal interface IVoice
{
    /// <summary>How far it sounds, or is silent, from a position on.</summary>
    /// <param name="position">The position.</param>
    /// <param name="limit">Farther is not looked.</param>
    /// <returns>Positive: it has so many samples, at most <paramref name="limit"/>. Negative: so many are missing before
    /// the next. 0: it has none from here on.</returns>
    long Extent(long position, long limit);

    /// <summary>Copies interleaved samples out, all of them within <see cref="Extent"/>.</summary>
    void Read(long position, Span<short> target);
}
