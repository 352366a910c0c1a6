using System.Globalization;
using System.Text.RegularExpressions;
using Dubbing.Testing.Measure;

namespace Dubbing.Testing.Servers;

/// <summary>Who published what and how it ended: read from nginx's log, so an outside witness of what a service does. Safe for any thread.</summary>
public sealed partial class PublicationLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, string> _applications = [];
    private readonly Dictionary<long, Publication> _open = [];
    private readonly List<Publication> _all = [];

    /// <summary>The publications of a path so far, in order.</summary>
    public IReadOnlyList<Publication> Of(string path)
    {
        lock (_gate)
            return [.. _all.Where(publication => publication.Path == path).Select(publication => publication with { })];
    }

    /// <summary>Takes in a line of nginx's log at level info.</summary>
    internal void Read(string line)
    {
        var match = Line().Match(line);
        if (!match.Success)
            return;
        var connection = long.Parse(match.Groups["connection"].ValueSpan, CultureInfo.InvariantCulture);
        lock (_gate)
            Take(connection, match.Groups["event"].Value, match.Groups["name"].Value);
    }

    /// <summary>The server is gone, and with it all connections.</summary>
    internal void Reset()
    {
        lock (_gate)
        {
            foreach (var connection in _open.Keys.ToList())
                End(connection, isClosed: false);
            _applications.Clear();
        }
    }

    private void Take(long connection, string what, string name)
    {
        switch (what)
        {
            case "connect: app=":
                _applications[connection] = name;
                break;
            case "publish: name=":
                _all.Add(_open[connection] = new Publication($"{_applications[connection]}/{name}", MonotonicClock.NowNs));
                break;
            case "live: already publishing" when _open.TryGetValue(connection, out var refused):
                refused.IsRefused = true;
                break;
            case "deleteStream":
                // After a disconnect nginx says this, too.
                End(connection, isClosed: true);
                break;
            case "disconnect":
                End(connection, isClosed: false);
                break;
        }
    }

    private void End(long connection, bool isClosed)
    {
        if (_open.Remove(connection, out var publication))
            (publication.EndedNs, publication.IsClosed) = (MonotonicClock.NowNs, isClosed);
    }

    [GeneratedRegex(@"\] \d+#\d+: \*(?<connection>\d+) (?<event>connect: app=|publish: name=|live: already publishing|deleteStream|disconnect)('(?<name>[^']*)')?")]
    private static partial Regex Line();
}
