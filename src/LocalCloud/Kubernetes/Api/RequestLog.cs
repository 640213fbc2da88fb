namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>One request that was answered, or a watch that began.</summary>
public sealed record LoggedRequest(
    long Number, DateTimeOffset Time, string Method, string Path, string Query, string User, string UserAgent,
        int Status, TimeSpan Duration, bool Wrote);

/// <summary>What was asked of the server: the last requests, and counters for all of them.</summary>
public sealed class RequestLog
{
    private const int Kept = 20_000;
    private readonly Lock _gate = new();
    private readonly Queue<LoggedRequest> _requests = new();
    private long _number;
    private long _writes;

    /// <summary>Tells each request when it is answered, a watch when it begins.</summary>
    public event Action<LoggedRequest>? Logged;

    /// <summary>How many requests changed an object so far; dry runs, refused requests and those that changed nothing do not count.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>The last requests, oldest first.</summary>
    public IReadOnlyList<LoggedRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The writes after a request's number, for "this run wrote nothing"; a predicate may leave out clients.</summary>
    public IReadOnlyList<LoggedRequest> WritesSince(long number, Func<LoggedRequest, bool>? of = null) =>
        [.. Requests.Where(request => request.Number > number && request.Wrote && (of is null || of(request)))];

    /// <summary>The number of the last request.</summary>
    public long LastNumber => Interlocked.Read(ref _number);

    internal void Add(
        DateTimeOffset time, ApiRequestInfo info, string user, int status, TimeSpan duration, bool wrote)
    {
        LoggedRequest entry;
        lock (_gate)
        {
            entry = new(++_number, time, info.Method, info.Path, info.Query, user, info.UserAgent, status, duration,
                wrote);
            _requests.Enqueue(entry);
            if (_requests.Count > Kept)
            {
                _requests.Dequeue();
            }

            _writes += wrote ? 1 : 0;
        }

        Logged?.Invoke(entry);
    }
}
