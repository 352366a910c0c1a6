namespace Dubbing.Elements.Sts;

/// <summary>Something that happened in the exchange. Raised on the session's loop, in order.</summary>
public abstract record StsEvent;
