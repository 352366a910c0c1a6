using Dubbing.Elements.Sts;

namespace Dubbing.Elements.Sessions;

/// <summary>The sessions of this process, by name: how a sink and a source find each other (the pattern of
/// <c>interaudiosink</c> and <c>interaudiosrc</c>). Thread-safe.</summary>
internal static class DubSessions
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, (DubSession Session, int References)> Sessions = [];

    /// <summary>The session of that name, made if there is none. Each call is matched by one <see cref="Release"/>.</summary>
    public static DubSession Acquire(string name)
    {
        lock (Gate)
        {
            var (session, references) = Sessions.GetValueOrDefault(name);
            session ??= new DubSession(name, TimeProvider.System, new SocketIoTransportFactory(TimeProvider.System));
            Sessions[name] = (session, references + 1);
            return session;
        }
    }

    /// <summary>Ends what lingers; completes when the servers have heard of it, or their time is up.</summary>
    /// <param name="name">The session; null: all.</param>
    public static Task EndLingeringAsync(string? name)
    {
        DubSession[] sessions;
        // Sessions take this lock under their own.
        lock (Gate)
            sessions = [.. Sessions.Values.Select(entry => entry.Session).Where(session => name == null || session.Name == name)];
        return Task.WhenAll(sessions.Select(session => session.EndLingeringAsync("not taken up again")));
    }

    /// <summary>Gives a session back; with the last reference it is forgotten.</summary>
    public static void Release(DubSession session)
    {
        lock (Gate)
        {
            var (found, references) = Sessions[session.Name];
            if (references > 1)
                Sessions[session.Name] = (found, references - 1);
            else
                Sessions.Remove(session.Name);
        }
    }
}
