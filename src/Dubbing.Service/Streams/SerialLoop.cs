using System.Threading.Channels;

namespace Dubbing.Service.Streams;

/// <summary>Does one action after another, in the order in which they were posted. No action may wait. Thread-safe.</summary>
internal sealed class SerialLoop
{
    private readonly Channel<Action> _actions = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action _afterEach;
    private readonly LogScope _scope;
    private readonly ILogger _logger;

    /// <summary>Starts the loop.</summary>
    /// <param name="scope">Stands in every line that an action logs.</param>
    /// <param name="afterEach">Called on the loop after each action.</param>
    /// <param name="logger">Told of what throws; the loop goes on.</param>
    public SerialLoop(LogScope scope, Action afterEach, ILogger logger)
    {
        (_scope, _afterEach, _logger) = (scope, afterEach, logger);
        // Not in the context of the request that happens to be the first: its log scopes would stay for ever.
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(RunAsync);
    }

    /// <summary>Adds an action; false once the loop is closed.</summary>
    public bool Post(Action action) => _actions.Writer.TryWrite(action);

    /// <summary>Adds a question and waits for its answer; null once the loop is closed.</summary>
    public async Task<T?> AskAsync<T>(Func<T?> ask)
        where T : class
    {
        var answer = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Post(() => Answer(ask, answer)) ? await answer.Task : null;
    }

    /// <summary>Takes no more actions; those that stand in the queue are still done.</summary>
    public void Close() => _actions.Writer.TryComplete();

    private void Answer<T>(Func<T?> ask, TaskCompletionSource<T?> answer)
        where T : class
    {
        try
        {
            var said = ask();
            // Whoever asked may look next at what comes of it.
            _afterEach();
            answer.SetResult(said);
        }
        catch (Exception e)
        {
            // Who asks must not wait for ever; the loop logs it.
            answer.SetException(e);
            throw;
        }
    }

    private async Task RunAsync()
    {
        await foreach (var action in _actions.Reader.ReadAllAsync())
        {
            using var scope = _logger.BeginScope(_scope);
            Guard(action);
            // Also after one that threw; and should this throw, the loop goes on all the same.
            Guard(_afterEach);
        }
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            _logger.LogCritical(e, "an event could not be dealt with");
        }
    }
}
