using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>An environment's life with helm 3 as <c>helm.binary</c>; every other test here runs with helm 4.</summary>
[Trait("Length", "long")]
public sealed class Helm3Tests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    [Fact]
    public async Task An_environment_comes_stays_and_goes_with_helm_3()
    {
        var ct = TestContext.Current.CancellationToken;
        var helm = Environment.GetEnvironmentVariable("MAYFLY_HELM3") ?? Path.Combine(cloud.Home, "tools", "helm-3", "helm");
        cloud.Repository.Change("mayfly.yaml", "helm:\n", $"helm:\n  binary: {helm}\n");
        string[] up = ["up", "--local", "--pr", "31", "--branch", "feature/three", "--commit", new string('3', 40)];

        var first = (await cloud.Mayfly.RunAsync(ct, up)).Ended(0);
        var again = (await cloud.Mayfly.RunAsync(ct, up)).Ended(0);
        var writes = await cloud.ClusterWritesAsync("pr-31", 0, ct);
        var down = (await cloud.Mayfly.RunAsync(ct, "down", "--local", "--pr", "31")).Ended(0);

        Assert.Equal("reachable", first.Result.GetProperty("outcome").GetString());
        Assert.False(again.Result.GetProperty("changed").GetBoolean(), again.Story);
        Assert.Equal("unchanged", again.OutcomeOf("deploy"));
        Assert.Equal("gone", down.Result.GetProperty("outcome").GetString());

        // It was this helm, and no other, that wrote the application.
        var agents = writes.Where(write => write.GetProperty("path").GetString()!.Contains("/apps/v1/namespaces/pr-31/deployments", StringComparison.Ordinal))
            .Select(write => write.GetProperty("userAgent").GetString()!).Where(agent => agent.Contains("Helm/", StringComparison.Ordinal)).ToList();
        Assert.All(agents, agent => Assert.Contains("Helm/3.", agent, StringComparison.Ordinal));
        Assert.NotEmpty(agents);
    }
}
