namespace Dubbing.Testing.Servers;

/// <summary>How a connection ends, for both sides.</summary>
public enum LineEnd
{
    /// <summary>TCP's FIN, what is on the way being lost: "closed without a word".</summary>
    Finish,

    /// <summary>TCP's RST.</summary>
    Reset,

    /// <summary>Half open: it stays, and nothing ever passes again.</summary>
    Silence,
}
