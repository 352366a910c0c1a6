namespace Dubbing.Elements.Sessions;

/// <summary>What the next piece of output is.</summary>
internal enum PlayoutResult
{
    /// <summary>Samples were written.</summary>
    Data,

    /// <summary>Nothing can be played yet.</summary>
    Wait,

    /// <summary>The input ended and everything was played.</summary>
    Eos,
}
