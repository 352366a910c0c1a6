using Dubbing.Elements.Sts;
using Dubbing.Pipeline;
using Dubbing.Service.Hosting;

namespace Dubbing.Service.Streams;

/// <summary>Takes in what one pipeline of a run reports: metrics, errors, fragments, log. Used on the stream's loop only.</summary>
/// <param name="streamId">The stream.</param>
/// <param name="run">The run.</param>
/// <param name="file">The pipeline's file.</param>
/// <param name="context">What all streams share.</param>
internal sealed class PipelineObserver(string streamId, StreamRun run, LaunchFile file, StreamContext context)
{
    // What posts the messages about the exchange with the STS server, whatever it is called in the pipeline.
    private const string StsSource = "stssrc";

    /// <summary>An event of the pipeline.</summary>
    public void Take(PipelineEvent e)
    {
        context.Metrics.Add(streamId, file.Name, e);
        if (StreamEvent.From(e, context.Configuration.Mask) is { } told) run.Events.Publish(told);
        switch (e)
        {
            case PipelineStateChanged { State: PipelineState.Running }:
                run.PlayingSince = context.Time.Now();
                break;
            case PipelineLatencyChanged latency:
                run.Latency = latency.Latency;
                break;
            case PipelineWarning warning:
                context.Logger.LogWarning("{Element}: {Message}", warning.Element, context.Mask(warning.Message));
                break;
            case PipelineError error:
                AddError(new StreamError(error.At, error.Factory, error.Message));
                break;
            case PipelineElementMessage message:
                if (message.Name == "sts-state") TakeStsState(message);
                if (message.Name == "input-track") TakeTrack(message);
                if (message.Name is "input-discontinuity" or "sts-discontinuity")
                    context.Logger.LogWarning("{Element}: the input's timestamps jumped; the output's go on", message.Element);
                if (message.Name == "sts-error") LogStsError(message);
                run.Captions.Add(message);
                if (run.Fragments.Add(message) is { } fragment && message.Name == "sts-fragment") FragmentLine.Write(context.Logger, fragment);
                break;
        }
    }

    /// <summary>The pipeline is gone.</summary>
    public void TakeEnd(AttemptEnd end)
    {
        context.Metrics.PipelineEnded(streamId, file.Name, failed: end.Error is not null);
        if (end is { Cause: "launch", Error: { } fault }) AddError(fault);
    }

    private void TakeTrack(PipelineElementMessage message)
    {
        var track = message.Text("track");
        if (message.Fields.TryGetValue("flows", out var flows) && flows is true)
        {
            run.StoppedTracks.Remove(track);
            context.Logger.LogInformation("the input's {Track} comes again", track);
        }
        else if (run.StoppedTracks.Add(track))
        {
            context.Logger.LogWarning("the input's {Track} has stopped; the other track goes on", track);
        }
    }

    // One line for each: what the server reports, and what of it could not be read.
    private void LogStsError(PipelineElementMessage message)
    {
        using var scope = context.Logger.BeginScope(new LogScope(("fragment_id", () => message.Text("fragment-id"))));
        var more = message.Number("more") is > 0 and var untold ? $" (and {untold} more)" : "";
        context.Logger.LogWarning("STS: {Code}: {Message}{More}", message.Text("code"), context.Mask(message.Text("message")), more);
    }

    // One error for each time that the server is lost or refuses, not one for each attempt to reach it again.
    private void TakeStsState(PipelineElementMessage message)
    {
        run.StsState = message.Text("state");
        var reason = message.Text("reason");
        if (run.StsState == "ready") run.StsTrouble = null;
        if (run.StsState is not ("disconnected" or "failed")) return;
        var trouble = run.StsState == "failed" || reason.StartsWith(StateChanged.Refused, StringComparison.Ordinal)
            ? "refuses the stream"
            : "can't be reached";
        if (run.StsTrouble != trouble || run.StsState == "failed")
            AddError(new StreamError(message.At, StsSource, $"the STS server {trouble}, the original plays: {reason}"));
        run.StsTrouble = trouble;
    }

    private void AddError(StreamError error)
    {
        error = error with { Message = context.Mask(error.Message) };
        run.AddError(error);
        context.Logger.LogError("{Element}: {Message}", error.Element, error.Message);
    }
}
