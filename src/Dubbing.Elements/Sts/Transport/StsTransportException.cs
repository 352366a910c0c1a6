namespace Dubbing.Elements.Sts;

/// <summary>A connection could not be made or used. The message is for the operator and carries no secret.</summary>
public sealed class StsTransportException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="inner">Its cause.</param>
    public StsTransportException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>Creates the exception for a server that refused.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="authenticationRefused">The server refused the key: another attempt with it is useless.</param>
    public StsTransportException(string message, bool authenticationRefused) : base(message) =>
        AuthenticationRefused = authenticationRefused;

    /// <summary>The server refused the key: another attempt with it is useless.</summary>
    public bool AuthenticationRefused { get; }
}
