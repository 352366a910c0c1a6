namespace Dubbing.Service.Api;

/// <summary>Reads the bodies of requests, none of which has a reason to be large.</summary>
internal static class RequestBody
{
    /// <summary>The largest body, in bytes.</summary>
    public const int Largest = 64 * 1024;

    /// <summary>The body; null when it is larger than that.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request)
    {
        var body = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
            {
                body.Write(buffer, 0, read);
                if (body.Length > Largest) return null;
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The server's own limit, which it knows from the headers.
            return null;
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
