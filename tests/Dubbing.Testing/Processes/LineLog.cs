namespace Dubbing.Testing.Processes;

/// <summary>The last lines of a process, and those who wait for one. Safe for any thread.</summary>
internal sealed class LineLog(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Queue<OutputLine> _lines = new();
    private readonly List<(Func<OutputLine, bool> Wanted, TaskCompletionSource<OutputLine> Found)> _waiting = [];

    public void Add(OutputLine line)
    {
        List<TaskCompletionSource<OutputLine>> found = [];
        lock (_gate)
        {
            if (_lines.Count == capacity)
                _lines.Dequeue();
            _lines.Enqueue(line);
            foreach (var waiter in _waiting.Where(waiter => waiter.Wanted(line)).ToArray())
            {
                _waiting.Remove(waiter);
                found.Add(waiter.Found);
            }
        }
        foreach (var waiter in found)
            waiter.TrySetResult(line);
    }

    public IReadOnlyList<OutputLine> Snapshot()
    {
        lock (_gate)
            return [.. _lines];
    }

    /// <summary>Looks at the kept lines first, then at the coming ones: a line that came just before the call counts.</summary>
    public Task<OutputLine> Next(Func<OutputLine, bool> wanted)
    {
        lock (_gate)
        {
            if (_lines.FirstOrDefault(wanted) is { } line)
                return Task.FromResult(line);
            var found = new TaskCompletionSource<OutputLine>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, found));
            return found.Task;
        }
    }
}
