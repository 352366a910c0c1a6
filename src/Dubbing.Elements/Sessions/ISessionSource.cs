using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Sessions;

/// <summary>The source that plays a session: the session's way to the pipeline.</summary>
internal interface ISessionSource
{
    /// <summary>Running time now in ns; null before PLAYING.</summary>
    ulong? RunningTime { get; }

    /// <summary>Something happened in the exchange. Called on the exchange's loop; must not block.</summary>
    void OnEvent(StsEvent happened);
}
