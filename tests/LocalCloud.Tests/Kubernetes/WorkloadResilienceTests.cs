using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Api;

namespace Mayfly.LocalCloud.Tests.Kubernetes;

/// <summary>Controllers on a cluster whose API is not always well.</summary>
public sealed class WorkloadResilienceTests
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          replicas: 3
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              containers:
                - { name: web, image: "jetscale/web:1", ports: [{ containerPort: 8080 }], readinessProbe: { httpGet: { path: /healthz, port: 8080 } } }
        """;

    [Fact(Timeout = 90_000)]
    public async Task A_rollout_comes_to_its_end_although_every_third_request_of_the_controllers_fails()
    {
        var ct = TestContext.Current.CancellationToken;
        var count = 0;
        await using var cluster = new WorkloadCluster(TimeProvider.System, 2)
        {
            Fault = request => !request.UserAgent.StartsWith("mayfly-controllers", StringComparison.Ordinal)
                ? null
                : (Interlocked.Increment(ref count) % 3, Volatile.Read(ref count) % 2) switch
                {
                    (0, 0) => new ApiFault(Status: 503, Message: "the server is currently unable to handle the request"),
                    (0, _) => new ApiFault(Reset: true),
                    _ => null,
                },
        };
        await cluster.InitializeAsync();
        var space = await cluster.NamespaceAsync(ct);

        await cluster.ApplyAsync(space, Web, ct);

        await cluster.UntilAsync<V1Deployment>(space, "web", item => item?.Status?.AvailableReplicas == 3, ct);
        await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 3, ct);
        Assert.Single(await cluster.UntilAllAsync<V1ReplicaSet>(space, all => all.Count > 0, ct));
    }

    [Fact(Timeout = 90_000)]
    public async Task A_controller_that_dies_leaves_a_cluster_that_the_next_one_takes_over()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = new WorkloadCluster(TimeProvider.System, 2);
        await cluster.InitializeAsync();
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Web, ct);
        await cluster.UntilAsync<V1Deployment>(space, "web", item => item?.Status?.AvailableReplicas == 3, ct);
        var before = (await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 3, ct)).Select(pod => pod.Metadata.Uid).ToHashSet();

        await cluster.RestartControllersAsync(ct);

        var pods = await cluster.UntilAllAsync<V1Pod>(
            space, all => all.Count == 3 && all.TrueForAll(pod => pod.Status?.ContainerStatuses?[0] is { Ready: true, RestartCount: 1 }), ct);
        Assert.Equal(before, pods.Select(pod => pod.Metadata.Uid).ToHashSet());
        await cluster.UntilServedAsync($"http://{pods[0].Status.PodIP}:8080/healthz", "200 ok", ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task An_old_version_is_answered_with_a_new_list()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = new WorkloadCluster(TimeProvider.System, 1);
        var gone = 0;
        cluster.Fault = request => request.Query.Contains("watch=true", StringComparison.Ordinal) && request.Path == "/api/v1/pods"
            && Interlocked.Increment(ref gone) <= 3
                ? new ApiFault(Status: 410, Message: "too old resource version")
                : null;
        await cluster.InitializeAsync();
        var space = await cluster.NamespaceAsync(ct);

        await cluster.ApplyAsync(space, Web, ct);

        await cluster.UntilAsync<V1Deployment>(space, "web", item => item?.Status?.AvailableReplicas == 3, ct);
        Assert.True(gone > 3);
    }

    [Fact(Timeout = 90_000)]
    public async Task Kubelets_serve_logs_at_their_nodes_address_where_that_is_wanted()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = new WorkloadCluster(TimeProvider.System, 1) { ServeKubelets = true };
        await cluster.InitializeAsync();
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Web.Replace("replicas: 3", "replicas: 1"), ct);
        await cluster.UntilAsync<V1Deployment>(space, "web", item => item?.Status?.AvailableReplicas == 1, ct);
        var pod = Assert.Single(await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 1, ct));
        var node = await cluster.Api.FindAsync<V1Node>(null, pod.Spec.NodeName, ct);
        Assert.Equal(10250, node!.Status.DaemonEndpoints.KubeletEndpoint.Port);

        using var client = cluster.Network.CreateHttpClient(configure: handler =>
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true);
        var log = await client.GetStringAsync($"https://{pod.Status.HostIP}:10250/containerLogs/{space}/{pod.Metadata.Name}/web?tailLines=100", ct);

        Assert.Contains("listening on :8080", log);
    }

    [Fact(Timeout = 90_000)]
    public async Task An_aggregated_role_has_the_rules_of_those_it_selects()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = new WorkloadCluster(TimeProvider.System, 0);
        await cluster.InitializeAsync();
        V1ClusterRole Role(string name) => new() { Metadata = new V1ObjectMeta { Name = name } };
        await cluster.Api.CreateAsync(
            Role("whole") with
            {
                AggregationRule = new V1AggregationRule
                {
                    ClusterRoleSelectors = [new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["into"] = "whole" } }],
                },
            },
            ct);
        var part = Role("part") with { Rules = [new V1PolicyRule { ApiGroups = [""], Resources = ["pods"], Verbs = ["get"] }] };
        part.Metadata.Labels = new Dictionary<string, string> { ["into"] = "whole" };

        await cluster.Api.CreateAsync(part, ct);

        var whole = await cluster.UntilAsync<V1ClusterRole>(null, "whole", role => role?.Rules?.Count == 1, ct);
        Assert.Equal(["pods"], whole.Rules[0].Resources);
    }
}
