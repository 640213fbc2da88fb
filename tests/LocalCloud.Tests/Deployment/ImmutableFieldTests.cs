using System.Text.Json.Nodes;
using k8s.Models;
using Mayfly.LocalCloud.Tests.Charts;

namespace Mayfly.LocalCloud.Tests.Deployment;

/// <summary>What the API refuses to change: the object is replaced, and what holds data stays or stops the run.</summary>
[Collection(nameof(DeployCollection))]
[Trait("Length", "long")]
public sealed class ImmutableFieldTests(DeployCluster cluster)
{
    private const string Set = """
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
          replicas: 1
          persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete, whenScaled: Retain }
          selector: { matchLabels: { app: db } }
          template:
            metadata: { labels: { app: db } }
            spec:
              containers:
                - name: db
                  image: ghcr.io/jetscale/web:1
                  ports: [{ containerPort: 8080 }]
                  volumeMounts: [{ name: data, mountPath: /data }]
          volumeClaimTemplates:
            - metadata: { name: data }
              spec: { storageClassName: gp3, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
        """;

    public static TheoryData<string> Majors => HelmTool.Majors;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_deployments_selector_a_services_address_and_a_jobs_template_are_replaced(string major)
    {
        const string Objects = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: web }
            spec:
              selector: { matchLabels: { app: old } }
              template:
                metadata: { labels: { app: old } }
                spec: { containers: [{ name: web, image: "ghcr.io/jetscale/web:1", ports: [{ containerPort: 8080 }] }] }
            ---
            apiVersion: v1
            kind: Service
            metadata: { name: web }
            spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: { name: task }
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: { name: task }
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
            subjects: [{ kind: ServiceAccount, name: task, namespace: {{ .Release.Namespace }} }]
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: sealed }
            immutable: true
            data: { text: one }
            ---
            apiVersion: batch/v1
            kind: Job
            metadata: { name: seed }
            spec:
              template:
                spec: { restartPolicy: Never, containers: [{ name: task, image: "ghcr.io/jetscale/task:1" }] }
            """;
        await using var rig = cluster.Rig(major).Template(Objects);
        await rig.HealsAsync();
        var account = await UidAsync(rig, "api/v1", "serviceaccounts", "task");
        var pods = await PodsAsync(rig, "app=old");

        await rig.Template(Objects
            .Replace("app: old", "app: new", StringComparison.Ordinal)
            .Replace("spec: { selector: { app: web }", "spec: { clusterIP: None, selector: { app: web }", StringComparison.Ordinal)
            .Replace("name: view", "name: edit", StringComparison.Ordinal)
            .Replace("text: one", "text: two", StringComparison.Ordinal)
            .Replace("task:1", "task:2", StringComparison.Ordinal)).HealsAsync();

        Assert.Equal("new", (string?)(await rig.FindAsync("apis/apps/v1", "deployments", "web"))!["spec"]!["selector"]!["matchLabels"]!["app"]);
        Assert.Equal("None", (string?)(await rig.FindAsync("api/v1", "services", "web"))!["spec"]!["clusterIP"]);
        Assert.Equal("edit", (string?)(await rig.FindAsync("apis/rbac.authorization.k8s.io/v1", "rolebindings", "task"))!["roleRef"]!["name"]);
        Assert.Equal("two", (string?)(await rig.FindAsync("api/v1", "configmaps", "sealed"))!["data"]!["text"]);
        Assert.EndsWith("task:2", (string?)(await rig.FindAsync("apis/batch/v1", "jobs", "seed"))!["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
        Assert.Equal(5, rig.Story.Split("replacing it").Length - 1);

        // What can be changed is changed in place, and nothing of before runs on.
        Assert.Equal(account, await UidAsync(rig, "api/v1", "serviceaccounts", "task"));
        Assert.NotEmpty(pods);
        Assert.Empty(await PodsAsync(rig, "app=old"));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_stateful_sets_claim_templates_are_replaced_while_its_pod_and_its_volume_stay(string major)
    {
        await using var rig = cluster.Rig(major).Template(Set);
        await rig.HealsAsync();
        var (claim, pod) = (await UidAsync(rig, "api/v1", "persistentvolumeclaims", "data-db-0"), await UidAsync(rig, "api/v1", "pods", "db-0"));

        await rig.Template(Set.Replace("storage: 1Gi", "storage: 2Gi", StringComparison.Ordinal)).HealsAsync();

        var set = await rig.FindAsync("apis/apps/v1", "statefulsets", "db");
        Assert.Equal("2Gi", (string?)set!["spec"]!["volumeClaimTemplates"]![0]!["spec"]!["resources"]!["requests"]!["storage"]);
        Assert.Equal((claim, pod), (await UidAsync(rig, "api/v1", "persistentvolumeclaims", "data-db-0"), await UidAsync(rig, "api/v1", "pods", "db-0")));
        await cluster.Workloads.UntilAsync<V1Pod>(rig.Name, "db-0", one => one?.Metadata.OwnerReferences?[0].Uid == (string?)set["metadata"]!["uid"], Ct);
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_stateful_sets_selector_is_replaced_with_its_pods_while_its_volume_stays(string major)
    {
        await using var rig = cluster.Rig(major).Template(Set);
        await rig.HealsAsync();
        var (claim, pod) = (await UidAsync(rig, "api/v1", "persistentvolumeclaims", "data-db-0"), await UidAsync(rig, "api/v1", "pods", "db-0"));

        await rig.Template(Set.Replace("app: db", "app: database", StringComparison.Ordinal)).HealsAsync();

        Assert.Equal(claim, await UidAsync(rig, "api/v1", "persistentvolumeclaims", "data-db-0"));
        Assert.NotEqual(pod, await UidAsync(rig, "api/v1", "pods", "db-0"));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_claim_that_cannot_change_stops_the_run_before_it_writes_unless_its_loss_is_allowed(string major)
    {
        await using (var rig = cluster.Rig(major).Template(Claim("gp3")))
        {
            await rig.HealsAsync();
            var claim = await BoundAsync(rig);

            var failure = await rig.Template(Claim("other")).FailsAsync();

            Assert.Equal("immutable-with-data", failure.Rule);
            Assert.Contains(failure.Next, next => next.Contains("helm.allow_data_loss", StringComparison.Ordinal));
            Assert.Contains(failure.Evidence, line => line.Contains("spec is immutable after creation", StringComparison.Ordinal));
            Assert.Equal(("deployed", claim), (await rig.StatusAsync(), await UidAsync(rig, "api/v1", "persistentvolumeclaims", "data")));
        }

        await using (var rig = cluster.Rig(major, allowDataLoss: true).Template(Claim("gp3")))
        {
            await rig.HealsAsync();
            var claim = await BoundAsync(rig);

            await rig.Template(Claim("gp3", "ReadWriteMany")).HealsAsync();

            Assert.NotEqual(claim, await UidAsync(rig, "api/v1", "persistentvolumeclaims", "data"));
        }
    }

    // A pod mounts it, which keeps a claim from going.
    private static string Claim(string storageClass, string mode = "ReadWriteOnce") => $$"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec: { storageClassName: {{storageClass}}, accessModes: [{{mode}}], resources: { requests: { storage: 1Gi } } }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              containers: [{ name: web, image: "ghcr.io/jetscale/web:1", ports: [{ containerPort: 8080 }], volumeMounts: [{ name: data, mountPath: /data }] }]
              volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
        """;

    private static async Task<string> UidAsync(DeployRig rig, string api, string plural, string name) =>
        (string)(await rig.FindAsync(api, plural, name))!["metadata"]!["uid"]!;

    private static async Task<JsonArray> PodsAsync(DeployRig rig, string selector) =>
        (await rig.GetAsync($"api/v1/namespaces/{rig.Name}/pods?labelSelector={Uri.EscapeDataString(selector)}"))!["items"]!.AsArray();

    private async Task<string> BoundAsync(DeployRig rig)
    {
        await cluster.Workloads.UntilAsync<V1PersistentVolumeClaim>(rig.Name, "data", claim => claim?.Status?.Phase == "Bound", Ct);
        return await UidAsync(rig, "api/v1", "persistentvolumeclaims", "data");
    }
}
