using Mayfly.Engine.Failures;
using Mayfly.GitHub.Client;
using Mayfly.GitHub.Payloads;

namespace Mayfly.GitHub.Flow;

/// <summary>
/// Looks whether a pull request still wants what a run is making: before each stage, now and then within a long one, and at the end.
/// When GitHub does not say, it is still wanted: the next look, or the next event, will tell.
/// </summary>
/// <param name="github">The repository; null: nobody can be asked.</param>
/// <param name="asked">The pull request as it was when the run began.</param>
/// <param name="label">The label that must stay on; null: a command asked, and the label could not be put on.</param>
/// <param name="warn">Told what GitHub would not say.</param>
public sealed class StillWanted(GitHubRepository? github, PullState asked, string? label, Action<string> warn)
{
    /// <summary>The rule's name when the pull request is closed.</summary>
    public const string Closed = "pull-request-closed";

    /// <summary>The rule's name when the label is off.</summary>
    public const string Unlabelled = "label-taken-off";

    /// <summary>The rule's name when there is a newer commit.</summary>
    public const string Superseded = "newer-commit";

    /// <summary>Why it is not wanted any more; null: it is.</summary>
    public async Task<Failure?> LookAsync(CancellationToken ct)
    {
        if (github is null)
        {
            return null;
        }

        var answer = await github.PullAsync(asked.Number, ct);
        if (!answer.Is(out var now))
        {
            warn(answer.Trouble!);
            return null;
        }

        return Judge(now);
    }

    /// <summary>What a pull request's state says of the wish. Pure.</summary>
    public Failure? Judge(PullState now) =>
        !now.IsOpen ? Why(Closed, now.IsMerged ? "the pull request was merged" : "the pull request was closed")
        : label is not null && !now.Carries(label) ? Why(Unlabelled, "the label was taken off")
        : now.HeadCommit != asked.HeadCommit ? Why(Superseded, "a newer commit was pushed, and has a run of its own")
        : null;

    private static Failure Why(string rule, string summary) => Failure.Of(rule, "withdrawn", Disposition.None, summary);
}
