using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

namespace Mayfly.LocalCloud.Tests.Kubernetes;

/// <summary>StatefulSets, DaemonSets, volumes and disruption budgets on a whole cluster.</summary>
public sealed class WorkloadSetTests(WorkloadCluster cluster) : IClassFixture<WorkloadCluster>
{
    private const string Database = """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: { name: gp3 }
        provisioner: ebs.csi.aws.com
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: db }
        spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 8080 }] }
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
          serviceName: db
          replicas: 3
          selector: { matchLabels: { app: db } }
          template:
            metadata: { labels: { app: db } }
            spec:
              containers:
                - name: db
                  image: ghcr.io/jetscale/web:1
                  ports: [{ containerPort: 8080 }]
                  readinessProbe: { httpGet: { path: /healthz, port: 8080 } }
                  volumeMounts: [{ name: data, mountPath: /data }]
          volumeClaimTemplates:
            - metadata: { name: data }
              spec: { storageClassName: gp3, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
        """;

    [Fact(Timeout = 90_000)]
    public async Task A_stateful_set_starts_in_order_with_bound_volumes_updates_from_the_end_and_keeps_its_claims()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        var early = new List<string>();
        cluster.Watch<V1Pod>((old, pod) =>
        {
            // Nobody may be created before the one in front of it is ready.
            if (old is null && pod?.Metadata.NamespaceProperty == space && pod.Metadata.Name[^1] is > '0' and var last
                && cluster.Known<V1Pod>(space).Find(other => other.Metadata.Name == $"db-{(char)(last - 1)}") is not { } before)
            {
                early.Add(pod.Metadata.Name);
            }
        });
        await cluster.ApplyAsync(space, Database, ct);
        var set = await cluster.UntilAsync<V1StatefulSet>(space, "db", item => item?.Status?.AvailableReplicas == 3, ct);
        Assert.Empty(early);
        var pods = await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 3, ct);
        Assert.Equal(["db-0", "db-1", "db-2"], pods.OrderBy(pod => pod.Metadata.CreationTimestamp).ThenBy(pod => pod.Metadata.Name).Select(pod => pod.Metadata.Name));
        await cluster.UntilAllAsync<V1PersistentVolumeClaim>(space, all => all.Count == 3 && all.TrueForAll(claim => claim.Status?.Phase == "Bound"), ct);
        await cluster.UntilServedAsync($"http://db-1.db.{space}.svc:8080/version", "\"pod\":\"db-1\"", ct);

        var patched = await cluster.Api.PatchAsync<V1StatefulSet>(
            set.Metadata,
            new { spec = new { template = new { spec = new { containers = new[] { new { name = "db", image = "ghcr.io/jetscale/web:2" } } } } } },
            PatchKind.Strategic,
            ct);
        var updated = await cluster.UntilAsync<V1StatefulSet>(
            space, "db", item => item?.Status?.ObservedGeneration >= patched.Metadata.Generation && item.Status.CurrentRevision == item.Status.UpdateRevision
                && item.Status.UpdatedReplicas == 3 && item.Status.ReadyReplicas == 3, ct);
        Assert.NotEqual(set.Status.UpdateRevision, updated.Status.UpdateRevision);
        await cluster.UntilServedAsync($"http://db-0.db.{space}.svc:8080/version", "\"commit\":\"2\"", ct);

        await cluster.Api.DeleteAsync(ResourcePath.Of<V1StatefulSet>(), set.Metadata, ct, "Foreground");
        await cluster.UntilAllAsync<V1StatefulSet>(space, all => all.Count == 0, ct);
        Assert.Empty((await cluster.Api.SendAsync<ObjectList<V1Pod>>(HttpMethod.Get, ResourcePath.Of<V1Pod>().Path(space), null, null, ct)).Items);
        Assert.Equal(3, cluster.Known<V1PersistentVolumeClaim>(space).Count);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_daemon_set_has_a_pod_on_each_node_and_on_those_that_come()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: { name: agent }
            spec:
              selector: { matchLabels: { app: agent } }
              template:
                metadata: { labels: { app: agent } }
                spec: { containers: [{ name: agent, image: "jetscale/web:1" }] }
            """, ct);
        await cluster.UntilAsync<V1DaemonSet>(space, "agent", item => item?.Status is { DesiredNumberScheduled: 2, NumberAvailable: 2 }, ct);

        await cluster.Controllers.Nodes.AddNodeAsync("late", new Dictionary<string, string>(), new NodeCapacity(), ct);
        await cluster.UntilAsync<V1DaemonSet>(space, "agent", item => item?.Status is { DesiredNumberScheduled: 3, NumberAvailable: 3 }, ct);

        await cluster.Controllers.Nodes.RemoveNodeAsync("late", ct);
        await cluster.UntilAsync<V1DaemonSet>(space, "agent", item => item?.Status is { DesiredNumberScheduled: 2, NumberAvailable: 2 }, ct);
        await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 2, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_claim_without_a_storage_class_waits_and_its_pod_says_why()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: { name: data }
            spec: { storageClassName: missing, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
            ---
            apiVersion: v1
            kind: Pod
            metadata: { name: p }
            spec:
              containers: [{ name: c, image: "jetscale/web:1" }]
              volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
            """, ct);

        await cluster.EventAsync(space, "ProvisioningFailed", "storageclass.storage.k8s.io \"missing\" not found", ct);
        await cluster.EventAsync(space, "FailedScheduling", "pod has unbound immediate PersistentVolumeClaims", ct);
    }
}
