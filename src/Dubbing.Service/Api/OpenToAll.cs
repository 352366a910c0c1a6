namespace Dubbing.Service.Api;

/// <summary>Marks an endpoint that is used without the token unless it is asked for everywhere: other programs call it.</summary>
internal sealed class OpenToAll;
