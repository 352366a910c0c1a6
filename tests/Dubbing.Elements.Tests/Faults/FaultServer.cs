namespace Dubbing.Elements.Tests.Faults;

/// <summary>The servers that the cases have between them.</summary>
internal enum FaultServer
{
    /// <summary>One for all whose faults are their stream's alone.</summary>
    Shared,

    /// <summary>It takes only small messages, and says so.</summary>
    SmallMessages,

    /// <summary>It takes only small messages, and does not say so.</summary>
    SmallMessagesUntold,

    /// <summary>One for the case alone.</summary>
    Own,
}
