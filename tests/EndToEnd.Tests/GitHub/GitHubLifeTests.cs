using System.Text.Json.Nodes;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests.GitHub;

/// <summary>The conversation with the local cloud beneath it: what GitHub shows is what the cloud is.</summary>
[Trait("Length", "long")]
public sealed class GitHubLifeTests(GitHubLife life) : IClassFixture<GitHubLife>
{
    [Fact]
    public async Task From_label_over_sleep_wake_and_redeploy_to_closed()
    {
        var world = life.GitHub.World;
        life.Pull.Labels.Add("preview");
        var up = (await life.EventAsync("labeled", "preview")).Ended(0);
        Assert.Equal("reachable", up.Result.GetProperty("outcome").GetString());
        Assert.Contains($"<{up.Result.GetProperty("url").GetString()}>", life.Comment);
        Assert.Contains("costs about $0.", life.Comment);
        Assert.Equal("success", world.Deployments.Single().State);
        Assert.Equal("success", world.Checks.Single().Conclusion);

        var asleep = (await life.SayAsync("/preview sleep")).Ended(0);
        Assert.Contains("pr-42 sleeps", life.Comment);
        Assert.Equal("inactive", world.Deployments.Single().State);
        var (stopped, nodes) = await WorkloadsAsync();
        Assert.True(stopped, asleep.Story);
        Assert.Matches("[1-9][0-9]* workloads and 2 nodes stopped", asleep.Story);
        Assert.Equal("0", nodes);

        var awake = (await life.SayAsync("/preview wake")).Ended(0);
        Assert.Equal("reachable", awake.Result.GetProperty("outcome").GetString());
        Assert.Contains("is reachable", life.Comment);
        Assert.Equal((false, "2"), await WorkloadsAsync());

        // New pods count only after a while: a page that opens before that is the old ones'.
        await Kubectl.RunAsync(life, TestContext.Current.CancellationToken, "patch", "deployment", "pr-42-web", "--namespace", "pr-42", "--patch", """{"spec":{"minReadySeconds":15}}""");
        var before = await PodsAsync();
        var anew = (await life.SayAsync("/preview redeploy")).Ended(0);
        var after = await PodsAsync();
        Assert.Equal(("reachable", "changed"), (anew.Result.GetProperty("outcome").GetString(), anew.OutcomeOf("restart")));
        Assert.NotEmpty(before);
        Assert.True(after.Count == before.Count && !before.Intersect(after).Any(), anew.Story);
        Assert.Equal(["inactive", "inactive", "success"], world.Deployments.Select(deployment => deployment.State));
        Assert.False((await life.EventAsync("labeled", "preview")).Ended(0).Result.GetProperty("changed").GetBoolean());

        var down = await CloseAsync();
        Assert.Equal("gone", down.Result.GetProperty("outcome").GetString());
        Assert.Contains("pr-42 is gone", life.Comment);
        Assert.Empty(world.Deployments);
        Assert.Empty(world.Environments);
        Assert.True(life.GitHub.Violations.Count == 0, string.Join('\n', life.GitHub.Violations));
    }

    private async Task<MayflyRun> CloseAsync()
    {
        life.Pull.IsOpen = false;
        return (await life.EventAsync("closed")).Ended(0);
    }

    // The application's pods that nobody is ending, by what makes each one of its own.
    private async Task<IReadOnlyList<string>> PodsAsync()
    {
        var pods = JsonNode.Parse(await Kubectl.RunAsync(
            life, TestContext.Current.CancellationToken, "get", "pods", "--namespace", "pr-42", "--output", "json"))!["items"]!.AsArray();
        return
        [
            .. pods.Where(pod => pod!["metadata"]!["deletionTimestamp"] is null && pod["metadata"]!["ownerReferences"]?[0]!["kind"]!.ToString() is "ReplicaSet" or "StatefulSet")
                .Select(pod => pod!["metadata"]!["uid"]!.ToString()),
        ];
    }

    // Whether nothing of the application runs, and how many nodes are wanted: asked of the cluster and of AWS, not of Mayfly.
    private async Task<(bool Stopped, string Nodes)> WorkloadsAsync()
    {
        var status = await life.Mayfly.RunAsync(TestContext.Current.CancellationToken, "status", "--local", "--pr", "42");
        var environment = status.Ended(0).Result.GetProperty("environments")[0];
        var group = await life.AwsAsync("eks", "/clusters/pr-42/node-groups/pr-42-nodes", TestContext.Current.CancellationToken);
        var desired = group.GetProperty("nodegroup").GetProperty("scalingConfig").GetProperty("desiredSize").GetInt32();
        return (environment.GetProperty("sleeps").GetBoolean(), desired.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
