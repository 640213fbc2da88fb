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
            case PreviewVerb.Extend:
                await ExtendAsync(identity, decision.Command.Length!.Value, ct);
                break;
            case PreviewVerb.Sleep:
                return await SleepAsync(identity, decision.Because, ct);
            default:
                await ReplyAsync(pull.Number, Replies.Help, ct);
                break;
        }

        return null;
    }

    private async Task ExtendAsync(EnvironmentIdentity identity, TimeSpan length, CancellationToken ct)
    {
        var known = await _environments.ExtendAsync(identity, length, ct);
        await ReplyAsync(identity.PullRequest.Number, Replies.Extended(known.Since is not null, known.Ends), ct);
        if (known.LastRun is { Command: "up" or "sleep" } run)
        {
            var report = (await ReportAsync(identity, "somebody let it live longer", ct)) with { Run = run };
            await TellAsync(Open(identity), talk => talk.SayAsync(report, ct));
        }
    }

    private async Task<RunEnd?> SleepAsync(EnvironmentIdentity identity, string because, CancellationToken ct)
    {
        var conversation = Open(identity);
        var report = (await ReportAsync(identity, because, ct)) with { Run = RunSnapshot.Empty with { Command = "sleep" } };
        await TellAsync(conversation, talk => talk.BeginAsync(report, deploys: false, ct));
        var (end, run) = await RunAsync(conversation, report, null, (feed, stop) => _environments.SleepAsync(identity, feed, stop), ct);
        report = (await ReportAsync(identity, because, CancellationToken.None)) with { Run = run };
        using var last = LastWordsOf(ct);
        await TellAsync(conversation, talk => talk.AsleepAsync(report, identity.PullRequest.Commit, last.Token));
        return end;
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
