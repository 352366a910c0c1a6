namespace Dubbing.Service.Captions;

/// <summary>Which text of a caption.</summary>
internal enum CaptionTrack
{
    /// <summary>What was spoken.</summary>
    Original,

    /// <summary>Its translation.</summary>
    Translated,
}
