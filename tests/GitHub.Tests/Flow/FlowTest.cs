using Mayfly.Engine;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.GitHub.Client;
using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Flow;
using Mayfly.GitHub.Payloads;
using Mayfly.GitHub.Tests.Client;
using Mayfly.GitHubStandIn;

namespace Mayfly.GitHub.Tests.Flow;

/// <summary>A test that plays events of pull request 42 against a GitHub and an engine of its own.</summary>
public abstract class FlowTest(SharedContract shared) : StandInTest(shared)
{
    internal FakeEnvironments Engine { get; } = new();

    protected GitHubSettings Settings { get; set; } = new();

    /// <summary>What was warned of.</summary>
    protected List<string> Warnings { get; } = [];

    /// <summary>The one comment of Mayfly's.</summary>
    protected string Comment => Assert.Single(World.Comments, comment => comment.Author == World.Me && comment.Body.Contains("<!-- mayfly", StringComparison.Ordinal)).Body;

    /// <summary>An event as GitHub would send it now.</summary>
    protected EventPayload Event(string action, string? label = null, string sender = "octocat") => new()
    {
        Name = "pull_request",
        Action = action,
        Number = 42,
        Label = label,
        Sender = new Account(sender, false),
        Pull = Decisions.Story.Pull(Pull.Head, Pull.IsOpen, Pull.IsFromFork, [.. Pull.Labels]),
    };

    /// <summary>A comment that somebody writes, and its event.</summary>
    protected EventPayload Says(string body, string author = "octocat")
    {
        var comment = new GitHubWorld.Comment(World.NextId(), 42, author) { Body = body };
        World.Comments.Add(comment);
        return Decisions.Story.Comment(body, new Account(author, false)) with { Comment = new CommentPayload(comment.Id, body, new Account(author, false)) };
    }

    /// <summary>Puts the label on, and plays that.</summary>
    protected async Task<RunEnd?> LabelAsync(string sender = "octocat")
    {
        Pull.Labels.Add("preview");
        return await PlayAsync(Event("labeled", "preview", sender));
    }

    /// <summary>What the workflow does with an event.</summary>
    protected Task<RunEnd?> PlayAsync(EventPayload happened, GitHubAccess? access = null) => PlayAsync(access, async (flow, github) =>
        await flow.ActAsync(happened, await PullFlow.DecideAsync(happened, github, Settings, Warnings.Add, Ct), Ct));

    /// <summary>What the scheduled workflow does; the numbers that it found.</summary>
    /// <param name="between">What happens between the look and the turn of each.</param>
    protected async Task<IReadOnlyList<int>> EndOutlivedAsync(Action? between = null)
    {
        IReadOnlyList<int> found = [];
        await PlayAsync(null, async (flow, _) =>
        {
            found = await flow.FindOutlivedAsync(Ct);
            return null;
        });
        between?.Invoke();
        foreach (var number in found)
        {
            await PlayAsync(null, async (flow, _) =>
                await flow.ActAsync(new EventPayload { Name = "schedule" }, await flow.DecideOutlivedAsync(number, Ct), Ct));
        }

        return found;
    }

    private async Task<RunEnd?> PlayAsync(GitHubAccess? access, Func<PullFlow, GitHubRepository, Task<RunEnd?>> act)
    {
        using var github = new GitHubRepository(access ?? Access, TimeProvider.System, TimeSpan.FromSeconds(5));
        var feed = new RunFeed(TimeProvider.System);
        var events = feed.Subscribe();
        var end = await act(new PullFlow(github, Settings, Engine, feed, TimeProvider.System, Access.RunUrl), github);
        feed.Complete();
        await foreach (var told in events.ReadAllAsync(Ct))
        {
            Warnings.AddRange(told is Warned warned ? [warned.Message] : []);
        }

        return end;
    }
}
