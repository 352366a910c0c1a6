namespace Dubbing.Service.Api;

/// <summary>What the OpenAPI document says of an endpoint.</summary>
internal static class EndpointDescriptions
{
    /// <summary>It answers JSON of a type, or one of these problems.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, int status, params int[] problems) =>
        endpoint.Produces<T>(status).Fails(problems);

    /// <summary>It answers text of a kind, or one of these problems.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder endpoint, string contentType, params int[] problems) =>
        endpoint.Produces<string>(StatusCodes.Status200OK, contentType).Fails(problems);

    private static RouteHandlerBuilder Fails(this RouteHandlerBuilder endpoint, int[] problems)
    {
        foreach (var status in problems) endpoint.ProducesProblem(status);
        return endpoint;
    }
}
