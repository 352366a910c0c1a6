namespace Gst;

/// <summary><c>GstPadPresence</c>.</summary>
public enum PadPresence
{
    /// <summary>Always there.</summary>
    Always,
    /// <summary>There while the media has it.</summary>
    Sometimes,
    /// <summary>Made on request.</summary>
    Request,
}
