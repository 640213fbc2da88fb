using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Explanation.Bundles;

/// <summary>What the cluster says of the application's namespace: its objects without secret data, events, logs, releases.</summary>
/// <param name="blueprint">Names the namespace.</param>
/// <param name="opened">The cluster, as it was found.</param>
/// <param name="logsAreSafe">Whether every secret that a log may show is known.</param>
/// <param name="scrubber">Cleans objects while they are objects.</param>
internal sealed class ClusterParts(Blueprint blueprint, Look<Cluster> opened, bool logsAreSafe, Scrubber scrubber)
{
    private const int MaxLogs = 12, LogLines = 300;

    // Where the API keeps what matters to an application; {0} is the namespace.
    private static readonly string[] Paths =
    [
        "api/v1/namespaces/{0}/pods", "api/v1/namespaces/{0}/services", "api/v1/namespaces/{0}/configmaps", "api/v1/namespaces/{0}/secrets",
        "api/v1/namespaces/{0}/serviceaccounts", "api/v1/namespaces/{0}/persistentvolumeclaims", "api/v1/namespaces/{0}/resourcequotas",
        "apis/apps/v1/namespaces/{0}/deployments", "apis/apps/v1/namespaces/{0}/replicasets", "apis/apps/v1/namespaces/{0}/statefulsets",
        "apis/apps/v1/namespaces/{0}/daemonsets", "apis/batch/v1/namespaces/{0}/jobs", "apis/batch/v1/namespaces/{0}/cronjobs",
        "apis/networking.k8s.io/v1/namespaces/{0}/ingresses", "apis/discovery.k8s.io/v1/namespaces/{0}/endpointslices",
        "apis/autoscaling/v2/namespaces/{0}/horizontalpodautoscalers", "apis/policy/v1/namespaces/{0}/poddisruptionbudgets",
        "apis/external-secrets.io/v1/namespaces/{0}/externalsecrets", "apis/external-secrets.io/v1/namespaces/{0}/secretstores",
        "apis/external-secrets.io/v1/clustersecretstores", "apis/elbv2.k8s.aws/v1beta1/namespaces/{0}/targetgroupbindings", "api/v1/nodes",
        "apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", "apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
    ];

    public IEnumerable<BundlePart> All =>
    [
        .. Paths.Select(path => new BundlePart($"kubernetes/{path[(path.LastIndexOf('/') + 1)..]}.json", $"{path[(path.LastIndexOf('/') + 1)..]}, secret data left out",
            Inside((cluster, ct) => ObjectsAsync(cluster, string.Format(CultureInfo.InvariantCulture, path, blueprint.Namespace), ct)))),
        new("events.txt", "the namespace's events, oldest first", Inside(EventsAsync)),
        new("externalsecrets.txt", "what the operator says of each ExternalSecret and its store", Inside(ExternalSecretsAsync)),
        new("helm-history.txt", "the revisions of the release", Inside(HistoryAsync)),
        new("logs.txt", "last lines of the containers in trouble, of their predecessors too", Inside(LogsAsync)),
    ];

    private Func<CancellationToken, Task<PartContent>> Inside(Func<Cluster, CancellationToken, Task<PartContent>> make) => opened switch
    {
        Look<Cluster>.Seen(var cluster) => ct => make(cluster, ct),
        Look<Cluster>.Unknown(var why) => _ => Task.FromResult<PartContent>(new PartContent.Missing(why)),
        _ => _ => Task.FromResult<PartContent>(new PartContent.Missing($"the EKS cluster {blueprint.ClusterName} does not exist or is not active")),
    };

    private async Task<PartContent> ObjectsAsync(Cluster cluster, string path, CancellationToken ct)
    {
        var answer = await cluster.SendAsync(HttpMethod.Get, path, null, "application/json", ct);
        if (!answer.IsSuccess)
        {
            return new PartContent.Missing(answer.IsMissing ? "the cluster does not serve this kind" : $"the cluster says {answer.Status}: {answer.Message}");
        }

        // Items of a list carry no kind of their own, and secrets have to be known for what they are.
        var kind = answer.Body["kind"]?.ToString();
        var items = (answer.Body["items"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        foreach (var item in items.Where(_ => kind == "SecretList"))
        {
            item["kind"] = "Secret";
        }

        return items.Count == 0 ? new PartContent.Missing("there are none") : new PartContent.Text(scrubber.Json(answer.Body["items"]));
    }

    private async Task<PartContent> EventsAsync(Cluster cluster, CancellationToken ct)
    {
        var events = (await cluster.Api.CoreV1.ListNamespacedEventAsync(blueprint.Namespace, cancellationToken: ct)).Items;
        return events.Count == 0 ? new PartContent.Missing("there are none") : new PartContent.Text(string.Join('\n', events
            .Select(e => (Event: e, At: e.LastTimestamp ?? e.EventTime ?? e.FirstTimestamp ?? default)).OrderBy(pair => pair.At)
            .Select(pair => string.Create(CultureInfo.InvariantCulture,
                $"{pair.At:u}  {pair.Event.Type,-7}  {pair.Event.InvolvedObject?.Kind}/{pair.Event.InvolvedObject?.Name}  {pair.Event.Reason}: {pair.Event.Message} (x{pair.Event.Count ?? 1})"))));
    }

    private async Task<PartContent> ExternalSecretsAsync(Cluster cluster, CancellationToken ct)
    {
        var objects = new ClusterObjects(cluster);
        var found = new List<ClusterObject>();
        found.AddRange(await objects.ListAsync("external-secrets.io/v1", "ExternalSecret", blueprint.Namespace, ct));
        found.AddRange(await objects.ListAsync("external-secrets.io/v1", "SecretStore", blueprint.Namespace, ct));
        found.AddRange(await objects.ListAsync("external-secrets.io/v1", "ClusterSecretStore", null, ct));
        return found.Count == 0 ? new PartContent.Missing("there are none") : new PartContent.Text(string.Join('\n', found.Select(one =>
            $"{one.Kind} {one.Metadata.Name}: Ready is {one.Condition("Ready")?.Status ?? "not said"}: {one.Condition("Ready")?.Message}")));
    }

    private async Task<PartContent> HistoryAsync(Cluster cluster, CancellationToken ct)
    {
        var revisions = await Releases.ReadAsync(cluster, blueprint.Namespace, blueprint.Release, ct);
        return revisions.Count == 0 ? new PartContent.Missing($"there is no release {blueprint.Release}") : new PartContent.Text(string.Join('\n', revisions.Select(revision =>
            $"{revision.Revision}  {revision.Status}  {(revision.Fingerprint is null ? "not made by mayfly" : $"fingerprint {revision.Fingerprint}")}  {ObjectReference.ReadAll(revision.Manifest).Count} objects")));
    }

    private async Task<PartContent> LogsAsync(Cluster cluster, CancellationToken ct)
    {
        if (!logsAreSafe)
        {
            return new PartContent.Missing(KnownSecrets.LeftOut);
        }

        var pods = (await cluster.Api.CoreV1.ListNamespacedPodAsync(blueprint.Namespace, cancellationToken: ct)).Items;
        var text = new StringBuilder();
        foreach (var (pod, status) in WorkloadLinks.Bad(pods).Take(MaxLogs))
        {
            foreach (var previous in status.RestartCount > 0 ? new[] { true, false } : [false])
            {
                var log = await Look.AtAsync(() => LogAsync(cluster, pod, status.Name, previous, ct), ct);
                text.Append("== ").Append(pod.Metadata.Name).Append(' ').Append(status.Name).Append(previous ? " (before its restart)" : "").Append('\n')
                    .Append(log switch { Look<string>.Seen(var lines) => lines, Look<string>.Unknown(var why) => why, _ => "there is none" }).Append('\n');
            }
        }

        return text.Length == 0 ? new PartContent.Missing("no container is in trouble") : new PartContent.Text(text.ToString());
    }

    private static async Task<string?> LogAsync(Cluster cluster, V1Pod pod, string container, bool previous, CancellationToken ct)
    {
        await using var log = await cluster.Api.CoreV1.ReadNamespacedPodLogAsync(
            pod.Metadata.Name, pod.Metadata.NamespaceProperty, container: container, previous: previous, tailLines: LogLines, cancellationToken: ct);
        using var reader = new StreamReader(log);
        return await reader.ReadToEndAsync(ct);
    }
}
