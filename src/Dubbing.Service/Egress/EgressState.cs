namespace Dubbing.Service.Egress;

/// <summary>Where the way to a target stands.</summary>
internal enum EgressState
{
    /// <summary>There is no output to pass on.</summary>
    Waiting,

    /// <summary>A pipeline has been launched; nothing has left yet.</summary>
    Connecting,

    /// <summary>Output leaves.</summary>
    Sending,

    /// <summary>It failed and is tried again after a pause.</summary>
    Retrying,
}
