using System.Text;
using System.Text.Json.Nodes;
using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.GitHubStandIn;
using Mayfly.Workflow.Tests.Runner;

namespace Mayfly.Workflow.Tests.Life;

/// <summary>
/// What else starts the workflows: a person at the button, a label taken off, a pull request that is opened again, the clock. And a
/// lease of a run on another machine, of which only GitHub can tell whether it lives.
/// </summary>
[Trait("Length", "long")]
public sealed class WishesTests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    private const string Head = "1111111111111111111111111111111111111111";
    private const long OtherRun = 99;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Started_by_hand_extended_unlabelled_reopened_and_ended_by_the_clock()
    {
        LocalStack.Write(cloud.Repository, cloud.Cloud);
        cloud.Repository.Change("mayfly.yaml", "environment:\n", "environment:\n  ttl: 1s\n");
        await using var ground = await Ground.StartAsync(cloud.Home, cloud.Cloud);
        foreach (var commit in (string[])[Ground.BaseCommit, Head])
        {
            ground.Commit(commit, cloud.Repository.Directory);
        }

        var pull = ground.GitHub.World.Pulls[42] = new GitHubWorld.Pull(42) { Head = Head };
        await LeaseOfAnotherMachineAsync();
        await HeldAsync(ground);
        await TakenOverAsync(ground, pull);
        await ExtendedAsync(ground);
        await UnlabelledAsync(ground, pull);
        await ReopenedAsync(ground, pull);
        await EndedByTheClockAsync(ground, pull);

        Assert.Empty(ground.GitHub.Violations);
        Assert.All(ground.Subjects, subject => Assert.Equal("repo:octo-org/shop:environment:preview", subject));
    }

    // As long as GitHub says that the other workflow run goes on, its lease is respected.
    private static async Task HeldAsync(Ground ground)
    {
        ground.GitHub.World.Runs[OtherRun] = "in_progress";
        var run = await PlayAsync(ground, "workflow_dispatch", Events.Dispatch(42, "up", "maintainer"), JobStatus.Failure);

        Assert.Equal("held", run.Jobs["act"].Outputs["outcome"]!.ToString());
        Assert.Contains("another run works on it", Comment(ground));
    }

    private static async Task TakenOverAsync(Ground ground, GitHubWorld.Pull pull)
    {
        ground.GitHub.World.Runs[OtherRun] = "completed";
        var before = ground.GitHub.Requests.Count;
        var run = await PlayAsync(ground, "workflow_dispatch", Events.Dispatch(42, "up", "maintainer"));

        Assert.Equal("reachable", run.Jobs["act"].Outputs["outcome"]?.ToString());
        Assert.Equal("mayfly-pr-42", run.Jobs["act"].Group);
        Assert.Equal((Head, "environment"), ground.CheckedOut[^1]);
        Assert.Equal(["preview"], pull.Labels);
        Assert.Contains("is reachable", Comment(ground));
        Assert.Contains("<summary>terraform's plans</summary>", Comment(ground));
        Assert.Contains("create  module.aws.", Comment(ground));
        var asked = ground.GitHub.Requests.Skip(before).ToList();
        Assert.Contains($"GET /repos/octo-org/shop/actions/runs/{OtherRun}/attempts/1", asked);
        Assert.Empty(TokenUse.Beyond(run.Jobs["act"].Permissions, asked));
    }

    private static async Task ExtendedAsync(Ground ground)
    {
        var extend = await PlayAsync(ground, "issue_comment", Events.Comment(ground.GitHub.World, 42, "maintainer", "/preview extend 24h"));
        Assert.Equal(JobStatus.Success, extend.Jobs["act"].Status);
        Assert.StartsWith("mayfly-run-", extend.Jobs["act"].Group);
        Assert.Contains("It ends ", ground.GitHub.World.Comments[^1].Body);

        var before = ground.GitHub.Requests.Count;
        var nothing = await PlayAsync(ground, "schedule", Events.Schedule());
        Assert.Equal(["find"], nothing.Jobs.Keys);
        Assert.Equal("[]", nothing.Jobs["find"].Outputs["outlived"]!.ToString());
        Assert.Empty(TokenUse.Beyond(nothing.Jobs["find"].Permissions, ground.GitHub.Requests.Skip(before)));
    }

    private static async Task UnlabelledAsync(Ground ground, GitHubWorld.Pull pull)
    {
        pull.Labels.Clear();
        var run = await PlayAsync(ground, "pull_request_target", Events.OfPull(pull, "unlabeled", "maintainer", "preview"));

        Assert.Equal("gone", run.Jobs["act"].Outputs["outcome"]?.ToString());
        Assert.Equal((Ground.BaseCommit, "environment"), ground.CheckedOut[^1]);
        Assert.Contains("pr-42 is gone", Comment(ground));
        Assert.Empty(ground.GitHub.World.Deployments);
        Assert.Equal("neutral", ground.GitHub.World.Checks[^1].Conclusion);
    }

    private static async Task ReopenedAsync(Ground ground, GitHubWorld.Pull pull)
    {
        pull.Labels.Add("preview");
        var run = await PlayAsync(ground, "pull_request_target", Events.OfPull(pull, "reopened", "octocat"));

        Assert.Equal("reachable", run.Jobs["act"].Outputs["outcome"]?.ToString());
        Assert.Equal("success", ground.GitHub.World.Checks[^1].Conclusion);
    }

    // Its second is over by now.
    private static async Task EndedByTheClockAsync(Ground ground, GitHubWorld.Pull pull)
    {
        var before = ground.GitHub.Requests.Count;
        var run = await PlayAsync(ground, "schedule", Events.Schedule());

        Assert.Equal("[42]", run.Jobs["find"].Outputs["outlived"]!.ToString());
        var end = run.Jobs["end (42)"];
        Assert.Equal((JobStatus.Success, "mayfly-pr-42"), (end.Status, end.Group));
        Assert.Contains("pr-42 is gone", Comment(ground));
        Assert.Contains("its time is over", Comment(ground));
        Assert.Contains("its time is over", end.Summary + end.Log);
        Assert.Empty(pull.Labels);
        Assert.Empty(ground.GitHub.World.Deployments);
        Assert.Equal("neutral", ground.GitHub.World.Checks[^1].Conclusion);
        Assert.Empty(TokenUse.Beyond(end.Permissions, ground.GitHub.Requests.Skip(before)));

        var again = await PlayAsync(ground, "schedule", Events.Schedule());
        Assert.Equal("[]", again.Jobs["find"].Outputs["outlived"]!.ToString());
    }

    private static string Comment(Ground ground) =>
        Assert.Single(ground.GitHub.World.Comments, comment => comment.Body.Contains("<!-- mayfly", StringComparison.Ordinal)).Body;

    private static async Task<WorkflowRun> PlayAsync(Ground ground, string name, JsonObject payload, JobStatus ends = JobStatus.Success)
    {
        var run = ground.Player.Trigger(name, payload)!;
        await run.Ended;
        Assert.True(run.Jobs.Values.Last().Status == ends, run.Story);
        return run;
    }

    // A run of a workflow on a machine that is taken away writes no more, and nobody here can see its process.
    private async Task LeaseOfAnotherMachineAsync()
    {
        var lease = new JsonObject
        {
            ["run_id"] = "other",
            ["command"] = "up",
            ["host"] = "runner-7",
            ["machine"] = "another",
            ["pid"] = 1,
            ["ttl"] = 86_400,
            ["beat"] = 1,
            ["released"] = false,
            ["url"] = $"https://github.com/octo-org/shop/actions/runs/{OtherRun}/attempts/1",
        };
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Put, $"{cloud.Cloud.GetProperty("aws").GetString()!.TrimEnd('/')}/jetscale-mayfly-state/mayfly/jetscale/pr-42/lease.json")
        {
            Content = new StringContent(lease.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation(
            "Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0");
        using var answer = await http.SendAsync(request, Ct);
        answer.EnsureSuccessStatusCode();
    }
}
