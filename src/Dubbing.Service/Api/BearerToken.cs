using System.Security.Cryptography;
using System.Text;
using Dubbing.Service.Configuration;
using Dubbing.Service.Hosting;

namespace Dubbing.Service.Api;

/// <summary>Lets requests through that carry the configured token, if there is one.</summary>
internal sealed class BearerToken(ApiOptions options)
{
    private const string Scheme = "Bearer ";

    // Hashes have one length, so that comparing them takes the same time whatever was sent.
    private readonly byte[]? _hash = options.Token.Length > 0 ? Hash(options.Token) : null;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var open = !options.TokenForAll && context.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is not null;
        if (open || Admits(context.Request.Headers.Authorization.ToString())) return next(context);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Of(401, "Not authorized", "give the configured token: Authorization: Bearer <token>").ExecuteAsync(context);
    }

    private bool Admits(string authorization) =>
        _hash is null
        || (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Hash(authorization[Scheme.Length..]), _hash));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
