namespace Dubbing.Testing.Measure;

/// <summary>Kinds of FLV tags, with the values of the file format.</summary>
public enum FlvTagType
{
    /// <summary>Audio data.</summary>
    Audio = 8,

    /// <summary>Video data.</summary>
    Video = 9,

    /// <summary>AMF data such as <c>onMetaData</c>.</summary>
    Script = 18,
}
