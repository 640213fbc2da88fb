using k8s.Models;
using Mayfly.Engine.Events;
using Mayfly.Engine.Planning;
using Mayfly.Engine.Stages;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Tests.Kubernetes;

namespace Mayfly.LocalCloud.Tests.Unblocking;

/// <summary>What is to go and hangs, on a whole cluster. Each test makes the environment's namespace and leaves none.</summary>
public sealed class StuckTests(WorkloadCluster cluster) : IClassFixture<WorkloadCluster>
{
    private const string Space = "pr-42", Cleanup = "externalsecrets.external-secrets.io/externalsecret-cleanup";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_namespace_ends_when_the_finalizer_of_a_controller_that_is_gone_comes_off()
    {
        await using var bench = new UnblockBench(cluster, progress: TimeSpan.FromSeconds(20));
        await EndingAsync(Cleanup);

        var run = bench.Begin();
        var planned = Assert.IsType<StageResult.Changed>(await bench.RunAsync(new FindObstacles(run.Door, run.Unblocking.Menders), Ct));
        Assert.Contains("in the way", planned.What);
        Assert.Contains(bench.Events.OfType<Noticed>(), notice => notice.Message.StartsWith("would take the finalizer off: configmaps pr-42/held") && notice.Message.Contains("external-secrets"));
        Assert.Equal([Cleanup], (await cluster.Api.FindAsync<V1ConfigMap>(Space, "held", Ct))!.Metadata.Finalizers);

        Assert.IsType<StageResult.Changed>(await bench.UnblockAsync(run, Ct));

        Assert.Contains(bench.Remedies, remedy => remedy.Contains("configmaps pr-42/held") && remedy.Contains(Cleanup));
        Assert.Null(await cluster.Api.FindAsync<V1Namespace>(null, Space, Ct));
        Assert.IsType<StageResult.Unchanged>(await bench.UnblockAsync(run, Ct));
    }

    [Theory]
    [InlineData("example.com/hold", "nobody here knows")]
    [InlineData("pushsecret.externalsecrets.io/finalizer", "the secret that it pushed")]
    public async Task What_is_not_safe_is_explained_and_left(string finalizer, string why)
    {
        await using var bench = new UnblockBench(cluster, progress: TimeSpan.FromSeconds(1));
        await EndingAsync(finalizer);

        var failed = Assert.IsType<StageResult.Failed>(await bench.UnblockAsync(bench.Begin(), Ct));

        Assert.Equal((Engine.Failures.Disposition.NeedsHuman, "k8s_namespace_terminating"), (failed.Failure.Disposition, failed.Failure.Class));
        Assert.Contains(failed.Failure.Evidence, line => line.Contains("configmaps pr-42/held") && line.Contains(why));
        Assert.Contains(failed.Failure.Evidence, line => line.Contains("NamespaceFinalizersRemaining"));
        Assert.Equal([finalizer], (await cluster.Api.FindAsync<V1ConfigMap>(Space, "held", Ct))!.Metadata.Finalizers);
        Assert.Empty(bench.Remedies);
        await ReleaseAsync();
    }

    [Fact]
    public async Task A_namespace_that_an_unknown_finalizer_holds_is_named_while_terraform_waits_for_it()
    {
        await using var bench = new UnblockBench(cluster, progress: TimeSpan.FromSeconds(1));
        var run = bench.Begin();
        await EndingAsync("example.com/hold");

        var seen = await bench.WatchAsync(run, Ct);

        Assert.Equal(Engine.Failures.Disposition.NeedsHuman, seen!.Disposition);
        Assert.Contains(seen.Evidence, line => line.Contains("configmaps pr-42/held") && line.Contains("finalizer example.com/hold"));
        Assert.Contains(seen.Next, next => next.Contains("example.com/hold"));
        Assert.Contains(bench.Events.OfType<Noticed>(), notice => notice.Message.StartsWith("configmaps pr-42/held holds namespace pr-42"));
        await ReleaseAsync();
    }

    [Fact]
    public async Task A_finalizer_whose_controller_lives_is_its_controllers_business()
    {
        var @namespace = await cluster.NamespaceAsync(Ct);
        await cluster.ApplyAsync(@namespace, """
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: renamed }
            spec:
              selector: { matchLabels: { app: eso } }
              template:
                metadata: { labels: { app: eso, app.kubernetes.io/name: external-secrets } }
                spec: { containers: [{ name: eso, image: ghcr.io/jetscale/web:1 }] }
            """, Ct);
        await using var bench = new UnblockBench(cluster, progress: TimeSpan.FromSeconds(1));
        await EndingAsync(Cleanup);

        var failed = Assert.IsType<StageResult.Failed>(await bench.UnblockAsync(bench.Begin(), Ct));

        Assert.Contains(failed.Failure.Evidence, line => line.Contains($"Deployment {@namespace}/renamed"));
        Assert.Empty(bench.Remedies);
        await ReleaseAsync();
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1Deployment>(), new V1ObjectMeta { Name = "renamed", NamespaceProperty = @namespace }, Ct);
    }

    [Fact]
    public async Task An_API_whose_service_is_gone_no_longer_keeps_namespaces()
    {
        await using var bench = new UnblockBench(cluster, progress: TimeSpan.FromSeconds(20));
        await cluster.Api.CreateAsync(
            new V1APIService
            {
                Metadata = new V1ObjectMeta { Name = "v1beta1.metrics.k8s.io" },
                Spec = new V1APIServiceSpec
                {
                    Group = "metrics.k8s.io",
                    Version = "v1beta1",
                    GroupPriorityMinimum = 100,
                    VersionPriority = 100,
                    InsecureSkipTLSVerify = true,
                    Service = new Apiregistrationv1ServiceReference { Name = "metrics-server", NamespaceProperty = "kube-system" },
                },
            },
            Ct);
        await cluster.UntilAsync<V1APIService>(null, "v1beta1.metrics.k8s.io", found => found?.Status?.Conditions is [{ Status: "False" }], Ct);
        await cluster.Api.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Space } }, Ct);
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1Namespace>(), new V1ObjectMeta { Name = Space }, Ct);
        await cluster.UntilAsync<V1Namespace>(null, Space, found => Says(found, "NamespaceDeletionDiscoveryFailure"), Ct);

        Assert.IsType<StageResult.Changed>(await bench.UnblockAsync(bench.Begin(), Ct));

        Assert.Contains(bench.Remedies, remedy => remedy.StartsWith("APIService v1beta1.metrics.k8s.io: removed"));
        Assert.Null(await cluster.Api.FindAsync<V1Namespace>(null, Space, Ct));
    }

    // The environment's namespace, being deleted, with an object in it that a finalizer holds.
    private async Task EndingAsync(string finalizer)
    {
        await cluster.Api.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Space } }, Ct);
        await cluster.Api.CreateAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "held", NamespaceProperty = Space, Finalizers = [finalizer] } }, Ct);
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1Namespace>(), new V1ObjectMeta { Name = Space }, Ct);
        await cluster.UntilAsync<V1Namespace>(null, Space, found => Says(found, "NamespaceFinalizersRemaining"), Ct);
        await cluster.UntilAsync<V1ConfigMap>(Space, "held", found => found?.Metadata.DeletionTimestamp is not null, Ct);
    }

    private async Task ReleaseAsync()
    {
        await cluster.Api.PatchAsync<V1ConfigMap>(
            new V1ObjectMeta { Name = "held", NamespaceProperty = Space }, new { metadata = new { finalizers = Array.Empty<string>() } }, PatchKind.Merge, Ct);
        await cluster.UntilAsync<V1Namespace>(null, Space, found => found is null, Ct);
    }

    private static bool Says(V1Namespace? found, string type) =>
        (found?.Status?.Conditions ?? []).Any(condition => condition.Type == type && condition.Status == "True");
}
