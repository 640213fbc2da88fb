namespace Mayfly.Engine;

/// <summary>What the converger decides after a failure.</summary>
public abstract record Verdict
{
    private Verdict() { }

    /// <summary>The same stage again, after a wait.</summary>
    public sealed record RetryAfter(TimeSpan Delay) : Verdict;

    /// <summary>An earlier stage mends it; on from there, after a wait.</summary>
    public sealed record ResumeFrom(string Stage, TimeSpan Delay) : Verdict;

    /// <summary>No machine can help, or the budget is used up.</summary>
    public sealed record Stop(string Why, bool OutOfBudget) : Verdict;
}
