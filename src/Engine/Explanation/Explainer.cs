using k8s;
using k8s.Models;
using Mayfly.Aws;
using Mayfly.Aws.Route53.Model;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Clouds.Http;
using Mayfly.Engine.Stages;

namespace Mayfly.Engine.Explanation;

/// <summary>
/// Walks the chain from the public name to the pod's log by looking at each link directly. It writes nothing. Lines of logs are
/// told only when the secrets that they may show are known.
/// </summary>
public sealed class Explainer(World world, Blueprint blueprint, ClusterDoor door, KnownSecrets secrets)
{
    private const string EsoVersion = "external-secrets.io/v1";
    private const int LogLines = 20;

    /// <summary>What AWS said at the last walk, by the names of <see cref="EdgeLooks.Names"/>, as it said it.</summary>
    internal IReadOnlyDictionary<string, object> Seen { get; private set; } = new Dictionary<string, object>();

    private string Host => blueprint.Environment.PublicHost;

    /// <summary>Looks at everything.</summary>
    public async Task<Chain> WalkAsync(CancellationToken ct)
    {
        var chain = await LookAsync(ct);
        return chain.All.All(link => link.Evidence.Count == 0) || await secrets.LearnAsync(ct) ? chain : chain with
        {
            Links = [.. chain.Links.Select(link => link.Name.StartsWith("log ", StringComparison.Ordinal) ? link with { Evidence = [KnownSecrets.LeftOut] } : link)],
        };
    }

    private async Task<Chain> LookAsync(CancellationToken ct)
    {
        var verify = blueprint.Configuration.Verify;
        var zone = blueprint.Configuration.Environment.Zone;
        var edge = new EdgeLooks(world.Session, Host, verify.Path.Split('?')[0]);
        var asking = world.Http.AskAsync(new ProbeTarget(Host, blueprint.Configuration.Cloud.PublicPort, verify.Path), ct);
        var recording = edge.RecordAsync(zone, ct);
        var opened = await Look.AtAsync(() => door.FindAsync(ct), ct);
        var workloads = await LookInsideAsync(opened, cluster => WorkloadsAsync(cluster, ct), ct);
        var ingresses = await LookInsideAsync(
            opened, async cluster => (await cluster.Api.NetworkingV1.ListNamespacedIngressAsync(blueprint.Namespace, cancellationToken: ct)).Items, ct);
        var controllers = await LookInsideAsync(opened, async cluster => (await cluster.Api.AppsV1.ListDeploymentForAllNamespacesAsync(cancellationToken: ct)).Items, ct);
        var (answer, record) = (await asking, await recording);

        var ingress = ingresses.Value?.FirstOrDefault(candidate => (candidate.Spec.Rules ?? []).Any(rule => rule.Host == Host));
        var address = ingress?.Status?.LoadBalancer?.Ingress?.FirstOrDefault()?.Hostname ?? (record.Value is { } found ? NameLinks.Target(found) : null);
        var ingressEvents = ingress is null ? [] : workloads.Value?.Warnings(ingress.Metadata.Name) ?? [];
        var name = NameLinks.Name(Host, answer, record);
        var links = new List<Link>
        {
            name, NameLinks.Record(Host, zone, record, ingress?.Status?.LoadBalancer?.Ingress?.FirstOrDefault()?.Hostname, Controllers.Troubles(controllers.Value, Controllers.Dns)),
        };
        IReadOnlyList<string> told = [.. ingressEvents, .. Controllers.Troubles(controllers.Value, Controllers.Balancing)];
        links.AddRange(await edge.LinksAsync(AddressOf(address, record, ingresses), answer, told, world.Clock.GetUtcNow(), ct));
        Seen = edge.Seen;
        links.Add(opened.Missing("cluster", () => Link.Broken("cluster", $"the EKS cluster {blueprint.ClusterName} does not exist or is not active", [],
            "Run mayfly up: it makes the cluster again.")) ?? Link.Fine("cluster", $"{blueprint.ClusterName} is active"));
        links.AddRange(await InsideAsync(opened.Value, ingresses, ingress, workloads, ct));
        links.Add(NameLinks.Page(answer, VerifyReachable.Judge(answer, verify, blueprint.Environment.PullRequest.Commit), name));
        return new Chain(links, await SecretsAsync(opened, workloads.Value, ct));
    }

    // Where neither names a load balancer there is none; where one could not be asked, nobody knows.
    private static Look<string> AddressOf(string? address, Look<ResourceRecordSet> record, Look<IList<V1Ingress>> ingresses) =>
        address is not null ? new Look<string>.Seen(address)
        : ingresses is Look<IList<V1Ingress>>.Unknown(var closed) ? new Look<string>.Unknown(closed)
        : record is Look<ResourceRecordSet>.Unknown(var hidden) ? new Look<string>.Unknown(hidden)
        : new Look<string>.Absent();

    private async Task<IReadOnlyList<Link>> InsideAsync(
        Cluster? cluster, Look<IList<V1Ingress>> ingresses, V1Ingress? ingress, Look<Workloads> workloads, CancellationToken ct)
    {
        if (cluster is null || ingresses.Missing("ingress", () => Link.Unknown("ingress", "there is nothing to look at")) is not null)
        {
            return [ingresses.Missing("ingress", () => Link.Unknown("ingress", "there is no cluster to look at"))!];
        }

        if (ingress is null)
        {
            return [Link.Broken("ingress", $"no ingress of namespace {blueprint.Namespace} has the host {Host}", [], "Run mayfly up: it installs the application again.")];
        }

        var links = new List<Link> { Link.Fine("ingress", $"{ingress.Metadata.Name} has the host") };
        if (workloads.Missing("service", () => Link.Unknown("service", "there is nothing to look at")) is { } missing)
        {
            return [.. links, missing];
        }

        // The page's own service first: the others are behind other paths.
        var services = ingress.Spec.Rules.Where(rule => rule.Host == Host).SelectMany(rule => rule.Http?.Paths ?? [])
            .Where(path => path.Backend.Service is not null)
            .OrderByDescending(path => blueprint.Configuration.Verify.Path.StartsWith(path.Path ?? "/", StringComparison.Ordinal))
            .ThenByDescending(path => (path.Path ?? "/").Length)
            .Select(path => path.Backend.Service.Name).Distinct().ToList();
        var logs = await LogsAsync(cluster, workloads.Value!.Services.Where(service => services.Contains(service.Metadata.Name)).SelectMany(workloads.Value.PodsOf), ct);
        foreach (var service in services)
        {
            links.AddRange(WorkloadLinks.Of(service, workloads.Value, (pod, container) => logs.GetValueOrDefault((pod.Metadata.Name, container)) ?? []));
        }

        return links;
    }

    private async Task<IReadOnlyList<Link>> SecretsAsync(Look<Cluster> opened, Workloads? workloads, CancellationToken ct)
    {
        var links = new List<Link>();
        var preflight = blueprint.Configuration.Preflight;
        var objects = opened.Value is { } cluster ? new ClusterObjects(cluster) : null;
        if (preflight.EsoNamespace is { } eso && opened.Value is not null)
        {
            links.Add(SecretLinks.Eso(eso, await LookInsideAsync(
                opened, async c => (await c.Api.AppsV1.ListNamespacedDeploymentAsync(eso, cancellationToken: ct)).Items.ToList(), ct)));
        }

        if (preflight.SecretStore is { } store && objects is not null)
        {
            links.Add(SecretLinks.Ready($"store {store}", await Look.AtAsync(
                () => objects.FindAsync(new ObjectReference(EsoVersion, "ClusterSecretStore", null, store), "", ct), ct), [],
                "Check the operator's role: it must be able to read the secrets."));
        }

        var vault = world.Session.CreateSecretsManager();
        foreach (var secret in blueprint.Configuration.Secrets)
        {
            var id = blueprint.Expand(secret.Id);
            links.Add(SecretLinks.Vault(id, await Look.AtAsync<DescribeSecretResponse>(async () => await vault.DescribeSecretAsync(new DescribeSecretRequest(id), ct), ct)));
            if (secret.Kubernetes is not { } template || objects is null)
            {
                continue;
            }

            var name = blueprint.Expand(template);
            var external = await Look.AtAsync(() => objects.FindAsync(new ObjectReference(EsoVersion, "ExternalSecret", blueprint.Namespace, name), "", ct), ct);

            // Who makes the Kubernetes secret is the chart's or Terraform's business; where no ExternalSecret does, only the result counts.
            if (external is not Look<ClusterObject>.Absent)
            {
                links.Add(SecretLinks.Ready($"externalsecret {name}", external, workloads?.Warnings(name) ?? [],
                    $"Run mayfly secrets check, and look at it: kubectl describe externalsecret {name} -n {blueprint.Namespace}."));
            }

            links.Add(SecretLinks.Kubernetes(name, [.. secret.Keys.Where(key => key.Required).Select(key => key.Name)], await LookInsideAsync(
                opened, async c => ((await c.Api.CoreV1.ReadNamespacedSecretAsync(name, blueprint.Namespace, cancellationToken: ct)).Data?.Keys ?? []).ToArray(), ct)));
        }

        return links;
    }

    private async Task<Workloads> WorkloadsAsync(Cluster cluster, CancellationToken ct)
    {
        var space = blueprint.Namespace;
        var services = cluster.Api.CoreV1.ListNamespacedServiceAsync(space, cancellationToken: ct);
        var slices = cluster.Api.DiscoveryV1.ListNamespacedEndpointSliceAsync(space, cancellationToken: ct);
        var pods = cluster.Api.CoreV1.ListNamespacedPodAsync(space, cancellationToken: ct);
        var deployments = cluster.Api.AppsV1.ListNamespacedDeploymentAsync(space, cancellationToken: ct);
        var events = cluster.Api.CoreV1.ListNamespacedEventAsync(space, cancellationToken: ct);
        await Task.WhenAll(services, slices, pods, deployments, events);
        return new Workloads(
            [.. (await services).Items], [.. (await slices).Items], [.. (await pods).Items], [.. (await deployments).Items], [.. (await events).Items]);
    }

    private static async Task<IReadOnlyDictionary<(string Pod, string Container), IReadOnlyList<string>>> LogsAsync(
        Cluster cluster, IEnumerable<V1Pod> pods, CancellationToken ct)
    {
        const int MaxLogs = 4;
        var logs = new Dictionary<(string, string), IReadOnlyList<string>>();
        foreach (var (pod, status) in WorkloadLinks.Bad(pods.DistinctBy(pod => pod.Metadata.Name)).Take(MaxLogs))
        {
            // What the container that died wrote tells more than what its successor has written so far.
            foreach (var previous in status.RestartCount > 0 ? new[] { true, false } : [false])
            {
                var text = await Look.AtAsync(async () =>
                {
                    await using var log = await cluster.Api.CoreV1.ReadNamespacedPodLogAsync(
                        pod.Metadata.Name, pod.Metadata.NamespaceProperty, container: status.Name, previous: previous, tailLines: LogLines, cancellationToken: ct);
                    using var reader = new StreamReader(log);
                    return await reader.ReadToEndAsync(ct);
                }, ct);
                if (text.Value is { Length: > 0 } written)
                {
                    logs[(pod.Metadata.Name, status.Name)] = [.. written.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(LogLines)];
                    break;
                }
            }
        }

        return logs;
    }

    private static async Task<Look<T>> LookInsideAsync<T>(Look<Cluster> opened, Func<Cluster, Task<T>> ask, CancellationToken ct)
        where T : class
    {
        return opened switch
        {
            Look<Cluster>.Seen(var cluster) => await Look.AtAsync<T>(async () => await ask(cluster), ct),
            Look<Cluster>.Unknown(var why) => new Look<T>.Unknown(why),
            _ => new Look<T>.Absent(),
        };
    }
}
