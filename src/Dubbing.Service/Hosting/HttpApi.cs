using Dubbing.Service.Api;
using Dubbing.Service.Captions;
using Dubbing.Service.Configuration;
using Dubbing.Service.Hooks;
using Dubbing.Service.Metrics;
using Dubbing.Service.Streams;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Dubbing.Service.Hosting;

/// <summary>The HTTP side of the service: who is let in, what there is, how errors look.</summary>
internal static class HttpApi
{
    public static void AddHttpApi(this IServiceCollection services, ApiOptions options)
    {
        services.AddRoutingCore();
        services.AddSingleton(new BearerToken(options));
        services.AddCors(cors => cors.AddPolicy(CaptionEndpoints.ReadableByPages, policy => policy
            .WithOrigins([.. options.Origins]).WithMethods("GET").WithHeaders("Authorization", "Last-Event-ID")));
        services.AddOpenApi("v1", document =>
        {
            document.AddDocumentTransformer((description, _, _) =>
            {
                description.Info = new() { Title = "Dubbing", Version = "v1", Description = "Dubbing of live streams. Errors are application/problem+json." };
                // Where it was asked for is not part of the description.
                description.Servers = [];
                return Task.CompletedTask;
            });
            document.DescribeToken(options);
        });
        services.Configure<JsonOptions>(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = ApiJson.Options.PropertyNamingPolicy;
            json.SerializerOptions.DefaultIgnoreCondition = ApiJson.Options.DefaultIgnoreCondition;
            foreach (var converter in ApiJson.Options.Converters) json.SerializerOptions.Converters.Add(converter);
        });
    }

    public static void UseHttpApi(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => (context.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException bad
                ? Refusal(bad.StatusCode)
                : Problems.Of(500, "Internal error", "the service's log says more")).ExecuteAsync(context),
        });
        app.UseStatusCodePages(pages => Refusal(pages.HttpContext.Response.StatusCode).ExecuteAsync(pages.HttpContext));
        app.UseRouting();
        app.UseCors();
        app.Use((context, next) => context.RequestServices.GetRequiredService<BearerToken>().InvokeAsync(context, next));
        app.MapHooks();
        app.MapStreams();
        app.MapControl();
        app.MapCaptions();
        MetricsEndpoint.Map(app);
        // A changed configuration that is not used is worth a look, but dubbing goes on.
        app.MapGet("/health", (ConfigurationStore configuration) => Results.Json(new Health("healthy")
        {
            ConfigurationFaults = configuration.Faults is { Count: > 0 } faults ? [.. faults.Select(fault => fault.ToString())] : null,
        }, ApiJson.Options))
            .WithMetadata(new OpenToAll()).WithSummary("Whether the service answers.").Answers<Health>(200);
        app.MapOpenApi("/{documentName}/openapi.json");
    }

    // What no endpoint has answered.
    private static IResult Refusal(int status) => status switch
    {
        404 => Problems.Of(404, "Not found", "there is nothing at this address"),
        405 => Problems.Of(405, "Method not allowed", "this address does not take such a method"),
        415 => Problems.Of(415, "Not JSON", "send JSON, with the content type application/json"),
        _ => Problems.Of(status, ReasonPhrases.GetReasonPhrase(status), "the request can't be understood"),
    };

    private sealed record Health(string Status)
    {
        public IReadOnlyList<string>? ConfigurationFaults { get; init; }
    }
}
