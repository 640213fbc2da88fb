using Mayfly.GitHub.Payloads;

namespace Mayfly.GitHub.Decisions;

/// <summary>An environment that something is known of, whatever its pull request says.</summary>
/// <param name="Number">The pull request's number.</param>
/// <param name="Ends">When its time is over; null: with its pull request.</param>
/// <param name="IsByWorkflow">Whether a workflow wrote to it last: then the label asks for it, and not somebody at a keyboard.</param>
/// <param name="IsBusy">Whether a run works on it now.</param>
public sealed record KnownEnvironment(int Number, DateTimeOffset? Ends, bool IsByWorkflow, bool IsBusy);

/// <summary>Decides whether an environment has outlived its time or its pull request, when no event tells of that. Pure.</summary>
public static class Outlived
{
    /// <summary>Why it has, a sentence; null: it has not, or nobody can say.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="now">Its pull request as it is now; null when GitHub did not say.</param>
    /// <param name="label">The label that asks for an environment.</param>
    /// <param name="time">The time.</param>
    public static string? Why(KnownEnvironment environment, PullState? now, string label, DateTimeOffset time) =>
        environment.IsBusy ? null
        : now is { IsOpen: false } ? now.IsMerged ? "the pull request is merged" : "the pull request is closed"
        : environment.Ends <= time ? "its time is over; /preview up makes it anew"
        : now is not null && environment.IsByWorkflow && !now.Carries(label) ? "the label was taken off"
        : null;
}
