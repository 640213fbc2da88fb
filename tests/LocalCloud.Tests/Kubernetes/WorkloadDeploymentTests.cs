using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Tests.Kubernetes;

/// <summary>Deployments on a whole cluster.</summary>
public sealed class WorkloadDeploymentTests(WorkloadCluster cluster) : IClassFixture<WorkloadCluster>
{
    private const string Web = """
        apiVersion: v1
        kind: Service
        metadata: { name: web }
        spec:
          selector: { app: web }
          ports: [{ name: http, port: 80, targetPort: http }]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          replicas: 2
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              containers:
                - name: web
                  image: ghcr.io/jetscale/web:one
                  ports: [{ name: http, containerPort: 8080 }]
                  readinessProbe: { httpGet: { path: /healthz, port: http } }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 90_000)]
    public async Task A_deployment_comes_up_and_its_pods_answer_through_the_service()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);

        await cluster.ApplyAsync(space, Web, ct);

        var deployment = await cluster.UntilAsync<V1Deployment>(space, "web", item => item?.Status?.AvailableReplicas == 2, ct);
        Assert.Equal("True", deployment.Status.Conditions.Single(condition => condition.Type == "Available").Status);
        await cluster.UntilAsync<V1Deployment>(
            space, "web", item => item?.Status?.Conditions?.Any(condition => condition.Reason == "NewReplicaSetAvailable") == true, ct);
        await cluster.EventAsync(space, "ScalingReplicaSet", "from 0 to 2", ct);
        await cluster.EventAsync(space, "Scheduled", "Successfully assigned", ct);
        await cluster.EventAsync(space, "Started", "Started container web", ct);
        await cluster.UntilServedAsync($"http://web.{space}.svc/version", "\"commit\":\"one\"", ct);
        var service = await cluster.Api.FindAsync<V1Service>(space, "web", ct);
        await cluster.UntilServedAsync($"http://{service!.Spec.ClusterIP}/", "<h1>", ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_new_image_replaces_the_pods_without_a_gap_and_the_old_template_can_be_brought_back()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Web, ct);
        await cluster.UntilAsync<V1Deployment>(space, "web", item => item?.Status?.AvailableReplicas == 2, ct);

        var generation = await SetImageAsync(space, "two");
        await cluster.UntilAsync<V1Deployment>(space, "web", item => IsRolledOut(item, generation), ct);

        await cluster.UntilServedAsync($"http://web.{space}.svc/version", "\"commit\":\"two\"", ct);
        var sets = await cluster.UntilAllAsync<V1ReplicaSet>(space, all => all.Count == 2 && all.Exists(set => set.Status?.Replicas == 0), ct);
        Assert.Equal(["1", "2"], sets.Select(set => set.Metadata.Annotations["deployment.kubernetes.io/revision"]).Order());

        generation = await SetImageAsync(space, "one");
        var back = await cluster.UntilAsync<V1Deployment>(space, "web", item => IsRolledOut(item, generation), ct);
        Assert.Equal("3", back.Metadata.Annotations["deployment.kubernetes.io/revision"]);
        Assert.Equal(2, (await cluster.UntilAllAsync<V1ReplicaSet>(space, all => all.Count > 0, ct)).Count);
    }

    [Fact(Timeout = 90_000)]
    public async Task Recreate_starts_the_new_pods_only_when_the_old_ones_are_gone()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Web.Replace("replicas: 2", "replicas: 2\n  strategy: { type: Recreate }"), ct);
        await cluster.UntilAsync<V1Deployment>(space, "web", item => item?.Status?.AvailableReplicas == 2, ct);
        var most = 0;
        cluster.Watch<V1Pod>((_, _) => most = Math.Max(most, cluster.Known<V1Pod>(space).Count(pod => !Facts.IsFinished(pod))));

        var generation = await SetImageAsync(space, "two");
        await cluster.UntilAsync<V1Deployment>(space, "web", item => IsRolledOut(item, generation), ct);

        Assert.Equal(2, most);
    }

    [Fact(Timeout = 90_000)]
    public async Task Endpoints_follow_readiness_and_an_empty_service_says_so()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Web.Replace("jetscale/web:one", "jetscale/never-ready:one"), ct);

        await cluster.UntilAsync<V1Endpoints>(space, "web", item => item?.Subsets?.Sum(subset => subset.NotReadyAddresses?.Count ?? 0) == 2, ct);
        await cluster.EventAsync(space, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", ct);
        var failure = await Assert.ThrowsAsync<ClusterDialException>(async () => await cluster.Network.DialAsync($"web.{space}.svc", 80, ct));
        Assert.Equal("no endpoints available for service \"web\"", failure.Message);

        await SetImageAsync(space, "two", "ghcr.io/jetscale/web");
        await cluster.UntilAsync<V1Endpoints>(space, "web", item => item?.Subsets?.Sum(subset => subset.Addresses?.Count ?? 0) == 2, ct);
        await cluster.UntilAllAsync<V1EndpointSlice>(space, all => all.SelectMany(slice => slice.Endpoints ?? []).Count(endpoint => endpoint.Conditions.Ready == true) == 2, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_deployment_that_is_scaled_follows_and_one_that_is_deleted_takes_all_with_it()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Web, ct);
        var deployment = await cluster.UntilAsync<V1Deployment>(space, "web", item => item?.Status?.AvailableReplicas == 2, ct);

        await cluster.Api.PatchAsync<V1Deployment>(deployment.Metadata, new { spec = new { replicas = 4 } }, PatchKind.Merge, ct);
        await cluster.UntilAsync<V1Deployment>(space, "web", item => item?.Status?.AvailableReplicas == 4, ct);
        await cluster.Api.PatchAsync<V1Deployment>(deployment.Metadata, new { spec = new { replicas = 1 } }, PatchKind.Merge, ct);
        await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 1, ct);

        await cluster.Api.DeleteAsync(ResourcePath.Of<V1Deployment>(), deployment.Metadata, ct, "Background");
        await cluster.UntilAllAsync<V1ReplicaSet>(space, all => all.Count == 0, ct);
        await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 0, ct);
    }

    private static bool IsRolledOut(V1Deployment? item, long? generation) =>
        item?.Status is { } status && status.ObservedGeneration >= generation && status.UpdatedReplicas == 2
        && status.Replicas == 2 && status.AvailableReplicas == 2;

    private async Task<long?> SetImageAsync(string space, string tag, string repository = "ghcr.io/jetscale/web")
    {
        var containers = new[] { new { name = "web", image = $"{repository}:{tag}" } };
        var patched = await cluster.Api.PatchAsync<V1Deployment>(
            new V1ObjectMeta { Name = "web", NamespaceProperty = space },
            new { spec = new { template = new { spec = new { containers } } } },
            PatchKind.Strategic,
            Ct);
        return patched.Metadata.Generation;
    }
}
