using Mayfly.Engine;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.GitHub.Client;
using Mayfly.GitHub.Conversation;
using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Payloads;
using Octokit;

namespace Mayfly.GitHub.Flow;

/// <summary>What a flow says.</summary>
public sealed partial class PullFlow
{
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    private async Task<RunEnd?> AnswerAsync(EventPayload happened, Decision.Answer decision, CancellationToken ct)
    {
        await ReactAsync(happened, ReactionType.Plus1, ct);
        var pull = decision.Pull;
        var identity = _environments.Identify(pull.Number, pull.HeadBranch, pull.HeadCommit);
        switch (decision.Command.Verb)
        {
            case PreviewVerb.Explain:
                await ReplyAsync(pull.Number, SafeText.Block(await _environments.ExplainAsync(identity, ct)), ct);
                break;
            default:
                await ReplyAsync(pull.Number, Replies.Help, ct);
                break;
        }

        return null;
    }

    private async Task ReplyAsync(int number, string text, CancellationToken ct)
    {
        if (_github is not null)
        {
            Known(await _github.AddCommentAsync(number, text, ct));
        }
    }

    private async Task ReactAsync(EventPayload happened, ReactionType reaction, CancellationToken ct)
    {
        if (_github is not null && happened.Comment is { } comment)
        {
            Known(await _github.ReactAsync(comment.Id, reaction, ct));
        }
    }

    private PullConversation? Open(EnvironmentIdentity identity) => _github is null ? null
        : new PullConversation(_github, _settings, identity.PullRequest.Number, _environments.DeploymentEnvironment(identity), Warn, _clock);

    private static async Task TellAsync(PullConversation? conversation, Func<PullConversation, Task> tell)
    {
        if (conversation is null)
        {
            return;
        }

        try
        {
            await tell(conversation);
        }
        catch (OperationCanceledException)
        {
            // The run was interrupted, or its last words took too long.
        }
    }

    private async Task<PullReport> ReportAsync(EnvironmentIdentity identity, string because, CancellationToken ct)
    {
        var known = await _environments.KnownAsync(identity, ct);
        return Plain(identity, because) with { CostAnHour = known.CostAnHour, Since = known.Since, Ends = known.Ends, Sleeps = known.Sleeps };
    }

    private PullReport Plain(EnvironmentIdentity identity, string because) =>
        new() { Environment = identity.Id, Label = _settings.Label, Because = because, RunUrl = _runUrl };

    private bool Known<T>(GitHubAnswer<T> answer)
    {
        if (answer.Trouble is { } trouble)
        {
            Warn(trouble);
        }

        return answer.Trouble is null;
    }

    // Each trouble once: a run that cannot write its comment would say so at every stage.
    private void Warn(string trouble)
    {
        lock (_warned)
        {
            if (!_warned.Add(trouble))
            {
                return;
            }
        }

        _feed.Publish(new Warned("github", trouble));
    }

    private CancellationTokenSource LastWordsOf(CancellationToken ct) =>
        ct.IsCancellationRequested ? new CancellationTokenSource(LastWords, _clock) : CancellationTokenSource.CreateLinkedTokenSource(ct);

    private static Wish WishOf(PreviewCommand? command) => command?.Verb switch
    {
        PreviewVerb.Redeploy => Wish.Redeploy,
        PreviewVerb.Wake => Wish.Wake,
        _ => Wish.Up,
    };
}
