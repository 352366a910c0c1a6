using Dubbing.Service.Configuration;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Dubbing.Service.Api;

/// <summary>What the OpenAPI document says of the bearer token, where one is configured.</summary>
internal static class TokenDescription
{
    private const string Name = "token";

    /// <summary>Adds it: the scheme, and which operations ask for it.</summary>
    public static void DescribeToken(this OpenApiOptions document, ApiOptions api)
    {
        if (api.Token.Length == 0) return;
        document.AddDocumentTransformer((description, _, _) =>
        {
            description.Components ??= new OpenApiComponents();
            description.AddComponent<IOpenApiSecurityScheme>(Name, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The token that the service is configured with (Api:Token).",
            });
            return Task.CompletedTask;
        });
        document.AddOperationTransformer((operation, context, _) =>
        {
            var open = context.Description.ActionDescriptor.EndpointMetadata.OfType<OpenToAll>().Any();
            if (!open || api.TokenForAll)
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Name, context.Document)] = [] }];
            return Task.CompletedTask;
        });
    }
}
