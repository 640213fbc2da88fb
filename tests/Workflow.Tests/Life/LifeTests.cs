using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.GitHubStandIn;
using Mayfly.Workflow.Tests.Runner;

namespace Mayfly.Workflow.Tests.Life;

/// <summary>A pull request's life in the workflow, step by step, on the local cloud and the stand-in for GitHub.</summary>
[Trait("Length", "long")]
public sealed class LifeTests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    private const int Number = 42;
    private const string First = "1111111111111111111111111111111111111111";
    private const string Second = "2222222222222222222222222222222222222222";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_label_over_a_cancelled_job_to_the_page_and_from_a_push_and_the_close_to_nothing()
    {
        LocalStack.Write(cloud.Repository, cloud.Cloud);
        await using var ground = await Ground.StartAsync(cloud.Home, cloud.Cloud);
        foreach (var commit in (string[])[Ground.BaseCommit, First, Second])
        {
            ground.Commit(commit, cloud.Repository.Directory);
        }

        var pull = ground.GitHub.World.Pulls[Number] = new GitHubWorld.Pull(Number) { Head = First };
        pull.Labels.Add("preview");

        await CancelledAsync(ground, pull);
        await ReachableAsync(ground, pull);
        await ClosedWhileAPushIsBuiltAsync(ground, pull);

        Assert.Empty(ground.GitHub.Violations);
        Assert.All(ground.Subjects, subject => Assert.Equal("repo:octo-org/shop:environment:preview", subject));
    }

    // Terraform cannot save its state, so the runner's patience ends first: everything is killed, and nothing knows what was made.
    private async Task CancelledAsync(Ground ground, GitHubWorld.Pull pull)
    {
        (await cloud.Mayfly.RunAsync(Ct, "local", "fault", "latency", "--service", "s3", "--action", "PutObject", "--user-agent", "*Terraform/*", "--seconds", "300")).Ended(0);
        var before = await cloud.LastAwsRequestAsync(Ct);
        var run = ground.Player.Trigger("pull_request_target", Events.OfPull(pull, "labeled", "maintainer", "preview"))!;
        var job = await run.JobAsync("act", Ct);
        await job.PrintedAsync("apply:aws …", Ct);
        while (!(await cloud.AwsWritesAsync(before, Ct)).Any(write => write.GetRawText().Contains("CreateVpc", StringComparison.Ordinal)))
        {
            Assert.False(job.Ended.IsCompleted, job.Log);
            await Task.Delay(100, Ct);
        }

        await run.CancelAsync();
        await run.Ended;
        (await cloud.Mayfly.RunAsync(Ct, "local", "fault", "clear")).Ended(0);

        Assert.Equal(JobStatus.Cancelled, job.Status);
        Assert.Contains("interrupted; stopping at the next safe point", job.Log);
        Assert.Equal("", job.Outputs["outcome"]?.ToString() ?? "");
    }

    private static async Task ReachableAsync(Ground ground, GitHubWorld.Pull pull)
    {
        var before = ground.GitHub.Requests.Count;
        var run = ground.Player.Trigger("pull_request_target", Events.OfPull(pull, "labeled", "maintainer", "preview"))!;
        await run.Ended;

        var job = run.Jobs["act"];
        Assert.True(job.Status == JobStatus.Success, run.Story);
        Assert.Equal([(Ground.BaseCommit, "."), (First, "environment")], ground.CheckedOut.TakeLast(2));
        Assert.Equal("mayfly-pr-42", job.Group);
        Assert.Equal(("pr-42", "reachable"), (job.Outputs["env_id"]!.ToString(), job.Outputs["outcome"]!.ToString()));
        var url = job.Outputs["url"]!.ToString();
        Assert.StartsWith("https://pr-42-feature-login", url);
        Assert.Contains("adopted", job.Log);
        Assert.Contains(url, job.Summary);
        Assert.Contains("reachable", job.Summary);
        Assert.Matches(@"(?m)^\[ +0 s\] converge: the label was put on", job.Log);
        Assert.Contains(url, Assert.Single(ground.GitHub.World.Comments).Body);
        Assert.Equal("success", ground.GitHub.World.Checks[^1].Conclusion);
        Assert.DoesNotContain(ground.GitHub.Token, run.Story);
        Assert.Empty(TokenUse.Beyond(job.Permissions, ground.GitHub.Requests.Skip(before)));
    }

    private static async Task ClosedWhileAPushIsBuiltAsync(Ground ground, GitHubWorld.Pull pull)
    {
        pull.Head = Second;
        var push = ground.Player.Trigger("pull_request_target", Events.OfPull(pull, "synchronize", "octocat"))!;
        await (await push.JobAsync("act", Ct)).PrintedAsync("prune …", Ct);

        pull.IsOpen = false;
        var close = ground.Player.Trigger("pull_request_target", Events.OfPull(pull, "closed", "octocat"))!;
        await Task.WhenAll(push.Ended, close.Ended);

        Assert.True(push.Jobs["act"].Status == JobStatus.Success, push.Story);
        Assert.True(close.Jobs["act"].Status == JobStatus.Success, close.Story);
        Assert.Equal("gone", push.Jobs["act"].Outputs["outcome"]!.ToString());
        Assert.Equal("gone", close.Jobs["act"].Outputs["outcome"]!.ToString());
        Assert.Equal("mayfly-pr-42", close.Jobs["act"].Group);
        Assert.DoesNotContain(": changed", close.Jobs["act"].Log);
        Assert.DoesNotContain("https://pr-42", Assert.Single(ground.GitHub.World.Comments).Body);
        Assert.Empty(ground.GitHub.World.Deployments);
    }
}
