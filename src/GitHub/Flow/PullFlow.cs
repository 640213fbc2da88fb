using Mayfly.Engine;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.GitHub.Client;
using Mayfly.GitHub.Conversation;
using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Payloads;

namespace Mayfly.GitHub.Flow;

/// <summary>From an event to its end: asks GitHub for the facts, decides, has the engine act, and tells how it went.</summary>
public sealed partial class PullFlow
{
    // A run that was interrupted has seconds: a runner kills it soon.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30);

    private readonly GitHubRepository? _github;
    private readonly GitHubSettings _settings;
    private readonly IEnvironments _environments;
    private readonly RunFeed _feed;
    private readonly TimeProvider _clock;
    private readonly string? _runUrl;

    /// <summary>A flow for one event.</summary>
    /// <param name="github">The repository; null: there is no token, and nothing is asked and nothing said.</param>
    /// <param name="settings">The configuration's part about GitHub.</param>
    /// <param name="environments">The engine.</param>
    /// <param name="feed">Gets the events of every run, and warnings.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="runUrl">The page of the workflow's run.</param>
    public PullFlow(
        GitHubRepository? github, GitHubSettings settings, IEnvironments environments, RunFeed feed, TimeProvider clock, string? runUrl) =>
        (_github, _settings, _environments, _feed, _clock, _runUrl) = (github, settings, environments, feed, clock, runUrl);

    /// <summary>Decides; writes nothing.</summary>
    public static async Task<Decision> DecideAsync(
        EventPayload happened, GitHubRepository? github, GitHubSettings settings, Action<string> warn, CancellationToken ct)
    {
        if (github is null || happened.Number is not { } number)
        {
            return Decider.Decide(happened, Facts.None, settings.Label);
        }

        var seen = await github.PullAsync(number, ct);
        if (!seen.Is(out var now))
        {
            warn(seen.Trouble!);
        }

        bool? mayWrite = null;
        if (Decider.NeedsPermission(happened, now) && happened.Sender is { } sender)
        {
            var asked = await github.MayWriteAsync(sender.Login, ct);
            mayWrite = asked.Is(out var may) ? may : null;
            if (asked.Trouble is { } trouble)
            {
                warn(trouble);
            }
        }

        return Decider.Decide(happened, new Facts(now, mayWrite), settings.Label);
    }

    /// <summary>Does what was decided; how the engine's last run ended, null when there was none.</summary>
    public Task<RunEnd?> ActAsync(EventPayload happened, Decision decision, CancellationToken ct) => decision switch
    {
        Decision.Converge converge => ConvergeAsync(happened, converge, ct),
        Decision.TearDown tearDown => TearDownAsync(happened, tearDown, ct),
        Decision.AwaitApproval waiting => AwaitAsync(happened, waiting, ct),
        Decision.Answer answer => AnswerAsync(happened, answer, ct),
        Decision.Refuse refused => RefuseAsync(happened, refused, ct),
        _ => Task.FromResult<RunEnd?>(null),
    };

    private async Task<RunEnd?> ConvergeAsync(EventPayload happened, Decision.Converge decision, CancellationToken ct)
    {
        var pull = decision.Pull;
        var labelled = pull.Carries(_settings.Label);
        if (decision.Command is not null && _github is not null)
        {
            await ReactAsync(happened, Octokit.ReactionType.Plus1, ct);
            labelled = labelled || Known(await _github.AddLabelAsync(pull.Number, _settings.Label, ct));
        }

        var identity = _environments.Identify(pull.Number, pull.HeadBranch, pull.HeadCommit);
        var conversation = Open(identity);
        var report = await ReportAsync(identity, decision.Because, ct) with { Commit = pull.HeadCommit, Sleeps = false };
        var wanted = new StillWanted(_github, pull, labelled ? _settings.Label : null, Warn);
        await TellAsync(conversation, talk => talk.BeginAsync(report, deploys: true, ct));

        var (end, run) = await RunAsync(conversation, report, wanted, (feed, stop) =>
            _environments.UpAsync(identity, WishOf(decision.Command), wanted.LookAsync, feed, stop), ct);
        var why = end.Failure is { Class: "withdrawn" } withdrawn ? withdrawn : ct.IsCancellationRequested ? null : await wanted.LookAsync(ct);
        report = await ReportAsync(identity, decision.Because, CancellationToken.None) with
        {
            Commit = pull.HeadCommit,
            Run = run,
            Sleeps = false,
            Withdrawn = why is null ? null : char.ToUpperInvariant(why.Summary[0]) + why.Summary[1..],
        };
        using var last = LastWordsOf(ct);
        await TellAsync(conversation, talk => talk.EndAsync(report, last.Token));

        // What was made for a pull request that is closed by now must not outlive it: nobody will send another event.
        return why?.Rule is StillWanted.Closed or StillWanted.Unlabelled
            ? await TearDownAsync(happened, new Decision.TearDown(pull.Number, pull, null, why.Summary), ct)
            : end;
    }

    private async Task<RunEnd?> TearDownAsync(EventPayload happened, Decision.TearDown decision, CancellationToken ct)
    {
        if ((decision.Command is not null || decision is { IsOutlived: true, Pull.IsOpen: true }) && _github is not null)
        {
            // The label would bring it back with the next push.
            await ReactAsync(happened, Octokit.ReactionType.Plus1, ct);
            if (decision.Pull?.Carries(_settings.Label) == true)
            {
                Known(await _github.RemoveLabelAsync(decision.Number, _settings.Label, ct));
            }
        }

        var identity = _environments.Identify(decision.Number, decision.Pull?.HeadBranch ?? "", null);
        var conversation = Open(identity);
        var report = await ReportAsync(identity, decision.Because, ct) with
        {
            Run = RunSnapshot.Empty with { Command = "down" },
            IsNews = decision.Command is not null || decision.IsOutlived || decision.Pull?.Carries(_settings.Label) == true || happened.Action == "unlabeled",
        };
        await TellAsync(conversation, talk => talk.BeginAsync(report, deploys: false, ct));

        var (end, run) = await RunAsync(conversation, report, null, (feed, stop) => _environments.DownAsync(identity, feed, stop), ct);
        using var last = LastWordsOf(ct);
        await TellAsync(conversation, talk => talk.GoneAsync(report with { Run = run, IsNews = report.IsNews || end.Changed }, decision.Pull?.HeadCommit, last.Token));
        return end;
    }

    private async Task<RunEnd?> AwaitAsync(EventPayload happened, Decision.AwaitApproval decision, CancellationToken ct)
    {
        await ReactAsync(happened, Octokit.ReactionType.Confused, ct);
        var identity = _environments.Identify(decision.Pull.Number, decision.Pull.HeadBranch, decision.Pull.HeadCommit);
        await TellAsync(Open(identity), talk => talk.AwaitAsync(
            Plain(identity, decision.Because) with { Commit = decision.Pull.HeadCommit, Waiting = decision.Pull.HeadCommit }, ct));
        return null;
    }

    private async Task<RunEnd?> RefuseAsync(EventPayload happened, Decision.Refuse decision, CancellationToken ct)
    {
        await ReactAsync(happened, Octokit.ReactionType.Confused, ct);
        if (decision.Reply is { } reply && _github is not null)
        {
            Known(await _github.AddCommentAsync(decision.Number, $"{reply}\n\n{Replies.Help}", ct));
        }

        return null;
    }

    /// <summary>Runs the engine, tells of it on the way, and stops it when it is not wanted any more.</summary>
    private async Task<(RunEnd End, RunSnapshot Run)> RunAsync(
        PullConversation? conversation, PullReport report, StillWanted? wanted, Func<RunFeed, CancellationToken, Task<RunEnd>> act, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var inner = _environments.NewFeed();
        var forwarding = ForwardAsync(inner.Subscribe());
        var telling = conversation?.FollowAsync(inner.Subscribe(), report, ct) ?? Task.CompletedTask;
        using var ended = new CancellationTokenSource();
        var watching = wanted is null ? Task.FromResult<Engine.Failures.Failure?>(null) : WatchAsync(wanted, stop, ended.Token);
        try
        {
            var end = await act(inner, stop.Token);
            await ended.CancelAsync();
            return end.Ending == Ending.Interrupted && !ct.IsCancellationRequested && await watching is { } why
                ? (end with { Ending = Ending.Withdrawn, Failure = why }, await forwarding)
                : (end, await forwarding);
        }
        finally
        {
            await ended.CancelAsync();
            inner.Complete();
            await telling;
            await watching;
        }
    }

    // A long stage is stopped within, so that what closes a pull request is not kept waiting by an apply.
    private async Task<Engine.Failures.Failure?> WatchAsync(StillWanted wanted, CancellationTokenSource stop, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(BetweenLooks, _clock, ended);
                if (await wanted.LookAsync(ended) is { } why)
                {
                    await stop.CancelAsync();
                    return why;
                }
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        return null;
    }

    private async Task<RunSnapshot> ForwardAsync(System.Threading.Channels.ChannelReader<RunEvent> events)
    {
        var run = RunSnapshot.Empty;
        await foreach (var happened in events.ReadAllAsync())
        {
            run = run.Apply(happened);
            _feed.Publish(happened);
        }

        return run with { Warnings = [.. _warned] };
    }
}
