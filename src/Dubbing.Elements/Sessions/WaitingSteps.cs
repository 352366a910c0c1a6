namespace Dubbing.Elements.Sessions;

/// <summary>What sinks had to say before their turn came. Not thread-safe.</summary>
/// <remarks>Several may wait, and one may be complete before or after the next has begun: each has a queue of its own, in the order in which
/// their first words came.</remarks>
internal sealed class WaitingSteps
{
    private readonly List<(object Owner, Queue<Action> Steps)> _owners = [];

    /// <summary>Keeps a step.</summary>
    public void Add(object owner, Action step)
    {
        var place = _owners.FindIndex(waiting => waiting.Owner == owner);
        if (place < 0)
        {
            place = _owners.Count;
            _owners.Add((owner, new Queue<Action>()));
        }
        _owners[place].Steps.Enqueue(step);
    }

    /// <summary>Takes the next step.</summary>
    /// <param name="owner">Whose turn it is; null: that of whoever came first.</param>
    /// <returns>Null: there is none of that owner.</returns>
    public Action? Take(object? owner)
    {
        var place = owner == null ? 0 : _owners.FindIndex(waiting => waiting.Owner == owner);
        if (place < 0 || place >= _owners.Count)
            return null;
        var steps = _owners[place].Steps;
        var step = steps.Dequeue();
        if (steps.Count == 0)
            _owners.RemoveAt(place);
        return step;
    }
}
