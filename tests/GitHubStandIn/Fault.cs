namespace Mayfly.GitHubStandIn;

/// <summary>What goes wrong with a request.</summary>
public enum Trouble
{
    /// <summary>The hour's requests are used up; it ends soon.</summary>
    PrimaryLimit,

    /// <summary>Too many at once; Retry-After says for how long.</summary>
    SecondaryLimit,

    /// <summary>The same as 429, with nothing that says for how long.</summary>
    TooManyRequests,

    /// <summary>502, and nothing was done.</summary>
    ServerError,

    /// <summary>502, though it was done.</summary>
    LostAnswer,

    /// <summary>The token may not.</summary>
    Forbidden,

    /// <summary>The token may not even know.</summary>
    NotFound,

    /// <summary>The connection breaks.</summary>
    Broken,
}

/// <summary>Trouble that is ordered for requests.</summary>
/// <param name="Trouble">What goes wrong.</param>
/// <param name="Concerns">With which requests: method and path.</param>
public sealed class Fault(Trouble trouble, Func<string, string, bool> concerns, int times, TimeSpan wait)
{
    private int _left = times;

    /// <summary>What goes wrong.</summary>
    public Trouble Trouble => trouble;

    /// <summary>What a limit asks to wait.</summary>
    public TimeSpan Wait => wait;

    /// <summary>Whether it strikes now; counts.</summary>
    public bool Strikes(string method, string path) => concerns(method, path) && Interlocked.Decrement(ref _left) >= 0;
}
