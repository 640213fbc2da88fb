using System.Threading.Channels;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.GitHub.Client;
using Octokit;

namespace Mayfly.GitHub.Conversation;

/// <summary>
/// What is said on a pull request: a comment, a deployment and a check, all made of the same report. GitHub's troubles become
/// warnings; nothing here fails a run or makes it wait.
/// </summary>
public sealed class PullConversation
{
    // GitHub limits how often content is changed; people do not read faster.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock;
    private readonly CommentVoice? _comment;
    private readonly DeploymentVoice? _deployment;
    private readonly CheckVoice? _check;

    /// <summary>Opens it; nothing is said yet.</summary>
    /// <param name="github">The repository.</param>
    /// <param name="settings">What is said where.</param>
    /// <param name="number">The pull request.</param>
    /// <param name="environment">Name of GitHub's environment.</param>
    /// <param name="warn">Told what GitHub would not do.</param>
    /// <param name="clock">The clock.</param>
    public PullConversation(GitHubRepository github, GitHubSettings settings, int number, string environment, Action<string> warn, TimeProvider clock)
    {
        _clock = clock;
        _comment = settings.Comment ? new CommentVoice(github, number, warn) : null;
        _deployment = settings.Deployments ? new DeploymentVoice(github, environment, warn) : null;
        _check = settings.Check is { } name ? new CheckVoice(github, name, warn) : null;
    }

    /// <summary>Begins to tell of a run: what an older one said is taken back.</summary>
    public async Task BeginAsync(PullReport report, bool deploys, CancellationToken ct)
    {
        await SayAsync(report, ct);
        if (deploys && report.Commit is { } commit)
        {
            await (_deployment?.BeginAsync(commit, ct) ?? Task.CompletedTask);
            await (_check?.BeginAsync(commit, report.Environment, CheckTexts.Of(report, _clock.GetUtcNow()), ct) ?? Task.CompletedTask);
        }
    }

    /// <summary>Tells of a run as it goes, now and then; it ends with the run's events.</summary>
    public async Task FollowAsync(ChannelReader<RunEvent> events, PullReport report, CancellationToken ct)
    {
        var told = _clock.GetTimestamp();
        await foreach (var happened in events.ReadAllAsync(CancellationToken.None))
        {
            report = report with { Run = report.Run.Apply(happened) };
            if (happened is StageStarted && !ct.IsCancellationRequested && _clock.GetElapsedTime(told) >= Pause)
            {
                await TryAsync(() => TellAsync(report, ct));
                told = _clock.GetTimestamp();
            }
        }
    }

    /// <summary>Tells how a run ended.</summary>
    public async Task EndAsync(PullReport report, CancellationToken ct)
    {
        await SayAsync(report, ct);
        var (state, words) = report switch
        {
            { IsReachable: true } => (DeploymentState.Success, "reachable"),
            { Withdrawn: not null } or { Run.Outcome: "withdrawn" or "interrupted" or "held" } => (DeploymentState.Inactive, "stopped"),
            _ => (DeploymentState.Failure, report.Run.Failure?.Summary ?? "failed"),
        };
        await (_deployment?.EndAsync(state, words, report.IsReachable ? report.Run.Url : null, ct) ?? Task.CompletedTask);
        await (_check?.SayAsync(CheckTexts.Of(report, _clock.GetUtcNow()), CheckTexts.Conclusion(report) ?? CheckConclusion.Cancelled, ct) ?? Task.CompletedTask);
    }

    /// <summary>Tells that a commit waits for an approval.</summary>
    public async Task AwaitAsync(PullReport report, CancellationToken ct)
    {
        await SayAsync(report, ct);
        await ConcludeAsync(report, report.Waiting, ct);
    }

    /// <summary>Tells how a teardown ended; with the environment go its deployments, and what the check on the commit said.</summary>
    public async Task GoneAsync(PullReport report, string? commit, CancellationToken ct)
    {
        if (report.IsGone)
        {
            await (_deployment?.RemoveAsync(ct) ?? Task.CompletedTask);
        }

        await SayAsync(report, ct);
        await ConcludeAsync(report, commit, ct);
    }

    /// <summary>Tells how putting it to sleep ended: who sleeps is not deployed, and cannot be opened.</summary>
    public async Task AsleepAsync(PullReport report, string? commit, CancellationToken ct)
    {
        if (report.Run.Outcome == "asleep")
        {
            await (_deployment?.RetireAllAsync(ct) ?? Task.CompletedTask);
        }

        await SayAsync(report, ct);
        await ConcludeAsync(report, commit, ct);
    }

    /// <summary>Says only the comment.</summary>
    public Task SayAsync(PullReport report, CancellationToken ct) =>
        _comment?.SayAsync(CommentText.Mark(report.Environment), CommentText.Of(report, _clock.GetUtcNow()), report.IsNews, ct) ?? Task.CompletedTask;

    // A newer check of the same name takes the place of an older one.
    private async Task ConcludeAsync(PullReport report, string? commit, CancellationToken ct)
    {
        if (_check is not null && commit is not null && report.IsNews)
        {
            var text = CheckTexts.Of(report, _clock.GetUtcNow());
            await _check.BeginAsync(commit, report.Environment, text, ct);
            await _check.SayAsync(text, CheckTexts.Conclusion(report) ?? CheckConclusion.Cancelled, ct);
        }
    }

    private async Task TellAsync(PullReport report, CancellationToken ct)
    {
        await SayAsync(report, ct);
        await (_check?.SayAsync(CheckTexts.Of(report, _clock.GetUtcNow()), null, ct) ?? Task.CompletedTask);
    }

    private static async Task TryAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (OperationCanceledException)
        {
            // The run was interrupted; its last words are still to come.
        }
    }
}
