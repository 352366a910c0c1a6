namespace Dubbing.Testing.Processes;

/// <summary>The signals that tests send, with their numbers on Linux.</summary>
public enum UnixSignal
{
    /// <summary>The terminal is gone.</summary>
    HangUp = 1,

    /// <summary>Ctrl-C: what ffmpeg and gst-launch take as "end cleanly".</summary>
    Interrupt = 2,

    /// <summary>Dies at once, nothing is flushed.</summary>
    Kill = 9,

    /// <summary>What the program makes of it.</summary>
    User1 = 10,

    /// <summary>What a process gets that touches memory that is not its own.</summary>
    SegmentationFault = 11,

    /// <summary>Asks for a graceful end.</summary>
    Terminate = 15,

    /// <summary>Goes on after <see cref="Stop"/>.</summary>
    Continue = 18,

    /// <summary>Freezes: sockets stay open and accept, nobody answers (a half-open peer).</summary>
    Stop = 19,
}
