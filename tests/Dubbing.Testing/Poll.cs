namespace Dubbing.Testing;

/// <summary>Looks again and again, for a limited time, where nothing tells: threads and open files of a process (<c>/proc</c> has no
/// events), the heap, ports and answers of other programs. Where something does tell, await that instead.</summary>
public static class Poll
{
    private static readonly TimeSpan s_usual = TimeSpan.FromMilliseconds(30);

    /// <summary>Looks until a condition holds.</summary>
    /// <param name="holds">The condition; what it throws ends the wait.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="seen">What was seen last, for people.</param>
    /// <param name="pause">Between two looks; null: 30 ms.</param>
    /// <exception cref="TimeoutException">It does not hold in time; the message says what was seen last.</exception>
    public static async Task Until(Func<Task<bool>> holds, TimeSpan timeout, Func<string> seen, TimeSpan? pause = null)
    {
        if (!await Look(holds, held => held, timeout, pause ?? s_usual))
            throw new TimeoutException($"not within {timeout.TotalSeconds:0.#} s; seen last: {seen()}");
    }

    /// <inheritdoc cref="Until(Func{Task{bool}}, TimeSpan, Func{string}, TimeSpan?)"/>
    public static Task Until(Func<bool> holds, TimeSpan timeout, Func<string> seen, TimeSpan? pause = null) =>
        Until(() => Task.FromResult(holds()), timeout, seen, pause);

    /// <summary>Looks until what is seen is wanted, or the time is over.</summary>
    /// <param name="look">Looks once.</param>
    /// <param name="wanted">Whether that is it.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="pause">Between two looks; null: 30 ms.</param>
    /// <returns>What was seen last, to be judged by the caller.</returns>
    public static Task<T> Look<T>(Func<T> look, Func<T, bool> wanted, TimeSpan timeout, TimeSpan? pause = null) =>
        Look(() => Task.FromResult(look()), wanted, timeout, pause ?? s_usual);

    private static async Task<T> Look<T>(Func<Task<T>> look, Func<T, bool> wanted, TimeSpan timeout, TimeSpan pause)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (wanted(seen) || TimeProvider.System.GetElapsedTime(begin) > timeout)
                return seen;
            await Task.Delay(pause);
        }
    }
}
