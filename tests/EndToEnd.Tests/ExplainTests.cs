using System.Text.Json;
using Mayfly.Aws;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>What <c>mayfly explain</c> says of an environment that is broken for real, and of one that is not.</summary>
[Trait("Length", "long")]
public sealed class ExplainTests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    private static readonly string[] Environment = ["--local", "--pr", "42", "--branch", "feature/login"];

    [Fact]
    public async Task The_first_broken_link_is_the_one_that_was_broken()
    {
        var ct = TestContext.Current.CancellationToken;
        (await ExplainAsync(ct)).Ended(5);
        (await cloud.Mayfly.RunAsync(ct, ["up", .. Environment, "--commit", EnvironmentLife.Commit])).Ended(0);

        var whole = (await ExplainAsync(ct)).Ended(0);
        Assert.Equal("reachable", whole.Result.GetProperty("outcome").GetString());
        Assert.All(Links(whole), link => Assert.Equal("fine", link.GetProperty("state").GetString()));

        await KubectlAsync(ct, "scale", "deployment", "pr-42-web", "--replicas=0");
        var stopped = await UntilAsync(run => run.Result.GetProperty("first_broken").GetString() == "targets", ct);
        Assert.Contains("scaled to 0", Link(stopped, "pods pr-42-web").GetProperty("summary").GetString());

        await KubectlAsync(ct, "scale", "deployment", "pr-42-web", "--replicas=1");
        await UntilAsync(run => run.ExitCode == 0, ct);
        await KubectlAsync(ct, "set", "image", "deployment/pr-42-web", "web=ghcr.io/jetscale/none-of-that-name:1");
        var imageless = await UntilAsync(run => run.Result.GetProperty("first_broken").GetString() == "image pr-42-web", ct);
        Assert.Contains("none-of-that-name", Link(imageless, "image pr-42-web").GetProperty("evidence").GetRawText());

        await KubectlAsync(ct, "set", "image", "deployment/pr-42-web", "web=ghcr.io/jetscale/crash:1");
        var crashing = await UntilAsync(run => State(run, "container pr-42-web") == "broken" && State(run, "log pr-42-web") == "broken", ct);
        Assert.Contains("panic", Link(crashing, "log pr-42-web").GetProperty("evidence").GetRawText());

        await KubectlAsync(ct, "delete", "service", "pr-42-web");
        await KubectlAsync(ct, "delete", "secret", "pr-42-db-secret");
        await KubectlAsync(ct, "delete", "externalsecret", "pr-42-redis-secret");
        await Kubectl.RunAsync(cloud, ct, "scale", "deployment", "aws-load-balancer-controller", "--replicas=0", "--namespace", "kube-system");
        await Kubectl.RunAsync(cloud, ct, "scale", "deployment", "external-secrets", "--replicas=0", "--namespace", "external-secrets");
        await Kubectl.RunAsync(cloud, ct, "delete", "clustersecretstore", "aws-secrets-manager");
        await UntilAsync(run => State(run, "service pr-42-web") == "broken", ct);
        var edge = await UntilAsync(run => State(run, "operator") == "broken" && State(run, "store aws-secrets-manager") == "broken", ct);
        Assert.Contains("scaled to 0", Link(edge, "operator").GetProperty("summary").GetString());

        var session = Session();
        var elb = session.CreateElasticLoadBalancingV2();
        var balancer = Assert.Single((await elb.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest(), ct)).LoadBalancers);
        await elb.DeleteLoadBalancerAsync(new DeleteLoadBalancerRequest(balancer.LoadBalancerArn), ct);
        await session.CreateSecretsManager().DeleteSecretAsync(new DeleteSecretRequest("pr-42-ephemeral/application/app"), ct);
        var gone = await UntilAsync(run => State(run, "balancer") == "broken", ct);
        Assert.Contains("aws-load-balancer-controller is scaled to 0", Link(gone, "balancer").GetProperty("evidence").GetRawText());
        Assert.Equal("broken", State(gone, "source pr-42-ephemeral/application/app"));

        cloud.Repository.Change("mayfly.yaml", "verify:\n", "verify:\n  timeout: 1s\n");
        var failed = (await cloud.Mayfly.RunAsync(ct, ["stage", "verify", .. Environment, "--commit", EnvironmentLife.Commit])).Ended(5);
        var failure = failed.Result.GetProperty("failure");
        Assert.Contains("first broken link: ", failure.GetProperty("evidence").GetRawText());
        Assert.Contains("aws-load-balancer-controller is scaled to 0", failure.GetProperty("evidence").GetRawText());
        Assert.Contains("Run mayfly up", failure.GetProperty("next").GetRawText());
    }

    private static string? State(MayflyRun run, string name) =>
        Links(run).FirstOrDefault(link => link.GetProperty("link").GetString() == name) is { ValueKind: JsonValueKind.Object } link ? link.GetProperty("state").GetString() : null;

    private AwsSession Session()
    {
        var variables = cloud.Cloud.GetProperty("environment");
        return AwsSession.For(
            new Uri(cloud.Cloud.GetProperty("aws").GetString()!), cloud.Cloud.GetProperty("region").GetString()!,
            variables.GetProperty("AWS_ACCESS_KEY_ID").GetString()!, variables.GetProperty("AWS_SECRET_ACCESS_KEY").GetString()!);
    }

    private async Task<MayflyRun> UntilAsync(Func<MayflyRun, bool> wanted, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var run = await ExplainAsync(ct);
        while (!wanted(run))
        {
            Assert.False(limit.IsCancellationRequested, run.Story);
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
            run = await ExplainAsync(ct);
        }

        return run;
    }

    private Task<MayflyRun> ExplainAsync(CancellationToken ct) => cloud.Mayfly.RunAsync(ct, ["explain", .. Environment]);

    private static IEnumerable<JsonElement> Links(MayflyRun run) =>
        run.Result.GetProperty("chain").EnumerateArray().Concat(run.Result.GetProperty("secrets").EnumerateArray());

    private static JsonElement Link(MayflyRun run, string name) => Links(run).Single(link => link.GetProperty("link").GetString() == name);

    private Task KubectlAsync(CancellationToken ct, params string[] arguments) => Kubectl.RunAsync(cloud, ct, [.. arguments, "--namespace", "pr-42"]);
}
