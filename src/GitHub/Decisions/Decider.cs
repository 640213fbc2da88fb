using Mayfly.GitHub.Payloads;

namespace Mayfly.GitHub.Decisions;

/// <summary>
/// Decides what an event asks for. Pure. The state of the pull request now counts, and the event only says what to look at: so a run
/// that took the place of another in a queue still does what is needed, and a run that comes late does no harm.
/// </summary>
public static class Decider
{
    // The others (assigned, edited, locked, review_requested ...) say nothing about what is wanted.
    private static readonly string[] Wishes = ["opened", "reopened", "synchronize", "labeled", "ready_for_review"];

    /// <summary>The decision.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="facts">What GitHub says now.</param>
    /// <param name="label">The label that asks for an environment.</param>
    public static Decision Decide(EventPayload happened, Facts facts, string label) => happened.Name switch
    {
        "pull_request" or "pull_request_target" => OfPullRequest(happened, facts, label),
        "issue_comment" => OfComment(happened, facts),
        "workflow_dispatch" => OfDispatch(happened, facts),
        _ => new Decision.Nothing($"an event of this kind asks for nothing"),
    };

    /// <summary>Whether the sender's permission must be asked for before <see cref="Decide"/> can tell.</summary>
    public static bool NeedsPermission(EventPayload happened, PullState? now) => happened.Name switch
    {
        "issue_comment" => happened.Action == "created" && happened.Sender is { IsBot: false } && PreviewCommand.TryParse(happened.Comment?.Body ?? "") is not null,
        "workflow_dispatch" => true,
        "pull_request" or "pull_request_target" => Wishes.Contains(happened.Action) && (now ?? happened.Pull) is { IsOpen: true, IsFromFork: true },
        _ => false,
    };

    private static Decision OfPullRequest(EventPayload happened, Facts facts, string label)
    {
        if (happened.Pull is not { } then)
        {
            return new Decision.Nothing("the event shows no pull request");
        }

        var now = facts.Pull ?? then;
        if (!now.IsOpen)
        {
            return new Decision.TearDown(now.Number, now, null, now.IsMerged ? "the pull request is merged" : "the pull request is closed");
        }

        var concerns = string.Equals(happened.Label, label, StringComparison.OrdinalIgnoreCase);
        return happened.Action switch
        {
            "closed" => new Decision.Stale("the pull request was closed, and is open again"),
            "unlabeled" when concerns && !now.Carries(label) => new Decision.TearDown(now.Number, now, null, "the label was taken off"),
            "unlabeled" when concerns => new Decision.Stale("the label was taken off, and is on again"),
            "labeled" when !concerns => new Decision.Nothing("another label asks for nothing"),
            _ when !Wishes.Contains(happened.Action) => new Decision.Nothing("what happened to the pull request asks for nothing"),
            _ when !now.Carries(label) => happened.Action == "labeled"
                ? new Decision.Stale("the label was put on, and is off again")
                : new Decision.Nothing("the pull request does not carry the label"),
            _ when then.HeadCommit != now.HeadCommit => new Decision.Stale("a newer commit was pushed; its own run goes on"),
            _ => Converge(happened, facts, now),
        };
    }

    // The event itself shows which commit it is about, so whoever sent it has seen that one: a push brings an event, and a commit, of its own.
    private static Decision Converge(EventPayload happened, Facts facts, PullState now)
    {
        var because = happened.Action switch
        {
            "labeled" => "the label was put on",
            "synchronize" => "a commit was pushed",
            _ => "the pull request carries the label",
        };
        return !now.IsFromFork || facts.SenderMayWrite == true
            ? new Decision.Converge(now, null, because)
            : new Decision.AwaitApproval(now, "the pull request comes from a fork, and nobody with write permission has approved this commit");
    }

    private static Decision OfComment(EventPayload happened, Facts facts)
    {
        if (happened is not { Action: "created", Comment: { } comment, Number: { } number } || PreviewCommand.TryParse(comment.Body) is not { } command)
        {
            return new Decision.Nothing("the comment is no command");
        }

        if (happened.Sender is not { IsBot: false } || comment.Author?.Login != happened.Sender.Login)
        {
            return new Decision.Nothing("only people command, each for themselves");
        }

        return facts.SenderMayWrite switch
        {
            null => new Decision.Refuse(number, null, "GitHub did not say whether the writer may command"),
            false => new Decision.Refuse(number, null, "the writer has no write permission"),
            true => OfCommand(command, number, facts),
        };
    }

    private static Decision OfDispatch(EventPayload happened, Facts facts)
    {
        if (happened.Number is not { } number)
        {
            return new Decision.Nothing("no pull request is named: the input 'pr' takes its number");
        }

        if (facts.SenderMayWrite != true)
        {
            return new Decision.Refuse(number, null, "GitHub does not say that who started the workflow may write to the repository");
        }

        var words = new[] { happened.Inputs.GetValueOrDefault("command", "up"), happened.Inputs.GetValueOrDefault("argument", "") }
            .SelectMany(text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return OfCommand(PreviewCommand.Parse([.. words]), number, facts);
    }

    private static Decision OfCommand(PreviewCommand command, int number, Facts facts)
    {
        if (command.Flaw is { } flaw)
        {
            return new Decision.Refuse(number, flaw, "the command makes no sense");
        }

        if (command.Verb == PreviewVerb.Down)
        {
            return new Decision.TearDown(number, facts.Pull, command, "somebody with write permission asked for it");
        }

        if (facts.Pull is not { } pull)
        {
            return new Decision.Refuse(number, null, "GitHub did not show the pull request");
        }

        if (command.Verb == PreviewVerb.Help)
        {
            return new Decision.Answer(pull, command, "somebody asked for help");
        }

        // Also what is no command any more on a closed pull request may have taken the place of the run that was to remove it.
        if (!pull.IsOpen)
        {
            return new Decision.TearDown(number, pull, null, "the pull request is closed");
        }

        return command.Verb switch
        {
            PreviewVerb.Up or PreviewVerb.Redeploy or PreviewVerb.Wake => OfWish(command, pull),
            _ => new Decision.Answer(pull, command, "somebody with write permission asked for it"),
        };
    }

    // A comment does not show which commit its writer saw, so a fork's commit must be named in it.
    private static Decision OfWish(PreviewCommand command, PullState pull)
    {
        if (command.Commit is { } named && !string.Equals(named, pull.HeadCommit, StringComparison.OrdinalIgnoreCase))
        {
            return new Decision.Refuse(pull.Number, "That is not the newest commit of this pull request; look at the new one first.",
                "the commit that is named is not the newest one");
        }

        return pull.IsFromFork && command.Commit is null
            ? new Decision.AwaitApproval(pull, "the pull request comes from a fork, and the command does not name the commit that it approves")
            : new Decision.Converge(pull, command, "somebody with write permission asked for it");
    }
}
