using System.Text;
using k8s;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;
using Mayfly.LocalCloud.Kubernetes.Images;

namespace Mayfly.LocalCloud.Tests.Kubernetes;

/// <summary>Pods that fail in the ways pods fail, and say so as a real kubelet says it.</summary>
public sealed class WorkloadPodTests(WorkloadCluster cluster) : IClassFixture<WorkloadCluster>
{
    [Fact(Timeout = 90_000)]
    public async Task A_crashing_container_is_restarted_later_each_time_and_its_last_words_are_kept()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Pod("jetscale/crash:1"), ct);

        var pod = await cluster.UntilAsync<V1Pod>(space, "p", item => Status(item) is { RestartCount: >= 2, State.Waiting.Reason: "CrashLoopBackOff" }, ct);

        var status = Status(pod)!;
        Assert.Matches($"^back-off [0-9ms]+ restarting failed container=c pod=p_{space}\\({pod.Metadata.Uid}\\)$", status.State.Waiting.Message);
        Assert.Equal((2, "Error"), (status.LastState.Terminated.ExitCode, status.LastState.Terminated.Reason));
        await cluster.EventAsync(space, "BackOff", "Back-off restarting failed container c in pod p_", ct);
        Assert.Contains("no such table", cluster.Controllers.Logs.Find(space, "p", "c", previous: true)!.Tail()[0].Text);
    }

    [Fact(Timeout = 90_000)]
    public async Task An_image_that_does_not_exist_is_told_in_the_runtimes_words()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Pod("ghcr.io/jetscale/nothing:1.2"), ct);

        var pod = await cluster.UntilAsync<V1Pod>(space, "p", item => Status(item)?.State.Waiting?.Reason == "ImagePullBackOff", ct);

        Assert.Equal(
            "Back-off pulling image \"ghcr.io/jetscale/nothing:1.2\": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "
            + "\"ghcr.io/jetscale/nothing:1.2\": failed to resolve reference \"ghcr.io/jetscale/nothing:1.2\": ghcr.io/jetscale/nothing:1.2: not found",
            Status(pod)!.State.Waiting.Message);
        Assert.Equal("Pending", pod.Status.Phase);
        await cluster.EventAsync(space, "Failed", "Failed to pull image", ct);
        await cluster.EventAsync(space, "Failed", "Error: ImagePullBackOff", ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_registry_that_refuses_is_satisfied_by_the_pull_secret()
    {
        var ct = TestContext.Current.CancellationToken;
        cluster.Registry = (image, credentials) => !image.StartsWith("private.example/", StringComparison.Ordinal)
            || credentials.Any(credential => credential is { Registry: "private.example", Username: "mayfly", Password: "s3cret" })
                ? new PullResult.Pulled()
                : new PullResult.Denied("401 Unauthorized");
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Pod("private.example/jetscale/web:1", "imagePullSecrets: [{ name: pull }]"), ct);
        var refused = await cluster.UntilAsync<V1Pod>(space, "p", item => Status(item)?.State.Waiting?.Reason == "ImagePullBackOff", ct);
        Assert.EndsWith("401 Unauthorized", Status(refused)!.State.Waiting.Message);
        await cluster.EventAsync(space, "FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (pull)", ct);

        await cluster.Api.CreateAsync(
            new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = "pull", NamespaceProperty = space },
                Type = "kubernetes.io/dockerconfigjson",
                Data = new Dictionary<string, byte[]>
                {
                    [".dockerconfigjson"] = KubernetesJsonBytes(new
                    {
                        auths = new Dictionary<string, object>
                        {
                            ["private.example"] = new { auth = Convert.ToBase64String("mayfly:s3cret"u8) },
                        },
                    }),
                },
            },
            ct);

        await cluster.UntilAsync<V1Pod>(space, "p", item => Status(item)?.Ready == true, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_missing_secret_holds_the_container_until_it_is_there()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Pod("ghcr.io/jetscale/backend:1", container: "envFrom: [{ secretRef: { name: app } }]"), ct);
        var pod = await cluster.UntilAsync<V1Pod>(space, "p", item => Status(item)?.State.Waiting?.Reason == "CreateContainerConfigError", ct);
        Assert.Equal("secret \"app\" not found", Status(pod)!.State.Waiting.Message);
        await cluster.EventAsync(space, "Failed", "Error: secret \"app\" not found", ct);

        var keys = new[]
        {
            "DB_USER", "DB_PASSWORD", "REDIS_PASSWORD",
            "JETSCALE_CLIENT_AWS_REGION", "JETSCALE_CLIENT_AWS_ROLE_ARN", "JETSCALE_CLIENT_AWS_ROLE_EXTERNAL_ID",
        };
        await cluster.Api.CreateAsync(
            new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = "app", NamespaceProperty = space },
                Data = keys.ToDictionary(key => key, _ => "x"u8.ToArray()),
            },
            ct);

        await cluster.UntilAsync<V1Pod>(space, "p", item => Status(item)?.Ready == true, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_backend_without_its_settings_says_which_and_ends_with_one()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Pod("ghcr.io/jetscale/backend:1", "restartPolicy: Never", "env: [{ name: DB_USER, value: me }]"), ct);

        var pod = await cluster.UntilAsync<V1Pod>(space, "p", item => item?.Status?.Phase == "Failed", ct);

        Assert.Equal(1, Status(pod)!.State.Terminated.ExitCode);
        var log = cluster.Controllers.Logs.Find(space, "p", "c")!.Tail()[0].Text;
        Assert.StartsWith("fatal: missing configuration: DB_PASSWORD, REDIS_PASSWORD", log);
    }

    [Fact(Timeout = 90_000)]
    public async Task Init_containers_run_one_after_the_other_before_the_rest()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(
            space,
            Pod("jetscale/web:1", """
                initContainers:
                    - { name: first, image: "jetscale/task:1" }
                    - { name: second, image: "jetscale/task:1", env: [{ name: EXIT_CODE, value: "0" }] }
                """),
            ct);

        var pod = await cluster.UntilAsync<V1Pod>(space, "p", item => Status(item)?.Ready == true, ct);

        Assert.All(pod.Status.InitContainerStatuses, status => Assert.Equal("Completed", status.State.Terminated.Reason));
        Assert.Equal("True", pod.Status.Conditions.Single(condition => condition.Type == "Initialized").Status);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_failed_liveness_probe_restarts_the_container()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(
            space, Pod("jetscale/never-ready:1", container: "livenessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1, failureThreshold: 2 }"), ct);

        await cluster.UntilAsync<V1Pod>(space, "p", item => Status(item)?.RestartCount >= 1, ct);

        await cluster.EventAsync(space, "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 503", ct);
        await cluster.EventAsync(space, "Killing", "Container c failed liveness probe, will be restarted", ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task What_fits_on_no_node_waits_and_runs_once_a_node_comes()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Pod("jetscale/web:1", "nodeSelector: { pool: big }"), ct);
        await cluster.EventAsync(space, "FailedScheduling", "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.", ct);
        var waiting = await cluster.UntilAsync<V1Pod>(space, "p", item => item?.Status?.Conditions?.Any(condition => condition.Reason == "Unschedulable") == true, ct);
        Assert.Equal("Pending", waiting.Status.Phase);

        await cluster.Controllers.Nodes.AddNodeAsync("big-1", new Dictionary<string, string> { ["pool"] = "big" }, new NodeCapacity(), ct);
        await cluster.UntilAsync<V1Pod>(space, "p", item => Status(item)?.Ready == true, ct);

        await cluster.Controllers.Nodes.RemoveNodeAsync("big-1", ct);
        await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 0, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_deleted_pod_stops_and_leaves_and_its_address_answers_no_more()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Pod("jetscale/web:1"), ct);
        var pod = await cluster.UntilAsync<V1Pod>(space, "p", item => Status(item)?.Ready == true, ct);
        await cluster.UntilServedAsync($"http://{pod.Status.PodIP}:8080/healthz", "200 ok", ct);

        await cluster.Api.DeleteAsync(ResourcePath.Of<V1Pod>(), pod.Metadata, ct);

        await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 0, ct);
        await cluster.EventAsync(space, "Killing", "Stopping container c", ct);
        await cluster.UntilServedAsync($"http://{pod.Status.PodIP}:8080/healthz", "connection refused", ct);
    }

    private static string Pod(string image, string spec = "", string container = "") => $"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: p
        spec:
          {spec}
          containers:
            - name: c
              image: {image}
              {container}
        """;

    private static byte[] KubernetesJsonBytes(object value) => Encoding.UTF8.GetBytes(KubernetesJson.Serialize(value));

    private static V1ContainerStatus? Status(V1Pod? pod) => pod?.Status?.ContainerStatuses?.FirstOrDefault();
}
