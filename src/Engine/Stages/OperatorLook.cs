using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Secrets;

namespace Mayfly.Engine.Stages;

/// <summary>Looks whether the External Secrets Operator works: its deployments, its webhooks, the stores. Changes nothing.</summary>
internal static class OperatorLook
{
    private const string Eso = "External Secrets Operator";

    /// <summary>The broken rows of the operator itself.</summary>
    public static async Task<IReadOnlyList<PreflightRow>> OperatorAsync(Cluster cluster, string space, CancellationToken ct)
    {
        var deployments = await cluster.Api.AppsV1.ListNamespacedDeploymentAsync(space, cancellationToken: ct);
        if (deployments.Items.Count == 0)
        {
            return [PreflightRow.Waiting(Eso, "", SecretLink.Sync, $"no operator is deployed in namespace {space}", "Run mayfly up: it installs the operator again.")];
        }

        var rows = deployments.Items
            .Where(one => (one.Status?.ReadyReplicas ?? 0) < (one.Spec.Replicas ?? 1))
            .Select(one => PreflightRow.Waiting(Eso, "", SecretLink.Sync, $"deployment {space}/{one.Metadata.Name} is not ready"))
            .ToList();

        // A webhook without a certificate or an endpoint has every ExternalSecret refused.
        var hooks = await cluster.Api.AdmissionregistrationV1.ListValidatingWebhookConfigurationAsync(cancellationToken: ct);
        var ours = hooks.Items.SelectMany(one => one.Webhooks ?? []).Where(one => one.ClientConfig.Service?.NamespaceProperty == space).ToList();
        rows.AddRange(ours.Where(one => one.ClientConfig.CaBundle is not { Length: > 0 })
            .Select(one => PreflightRow.Waiting(Eso, "", SecretLink.Sync, $"webhook {one.Name} has no certificate yet")));
        foreach (var service in ours.Select(one => one.ClientConfig.Service.Name).Distinct())
        {
            var slices = await cluster.Api.DiscoveryV1.ListNamespacedEndpointSliceAsync(
                space, labelSelector: $"kubernetes.io/service-name={service}", cancellationToken: ct);
            if (!slices.Items.SelectMany(slice => slice.Endpoints ?? []).Any(IsReady))
            {
                rows.Add(PreflightRow.Waiting(Eso, "", SecretLink.Sync, $"the webhooks' service {space}/{service} has no ready endpoint"));
            }
        }

        return rows;
    }

    /// <summary>The broken rows of the stores: the configured one, and those that the ExternalSecrets name.</summary>
    public static async Task<IReadOnlyList<PreflightRow>> StoresAsync(
        ClusterObjects objects, string version, PreflightSettings settings, IEnumerable<ClusterObject> wishes, string space, CancellationToken ct)
    {
        var named = wishes
            .Select(wish => (Kind: wish.Text("spec", "secretStoreRef", "kind") ?? "SecretStore", Name: wish.Text("spec", "secretStoreRef", "name")))
            .Append((Kind: "ClusterSecretStore", Name: settings.SecretStore));
        var rows = new List<PreflightRow>();
        foreach (var (kind, name) in named.Where(one => one.Name is { Length: > 0 }).Distinct())
        {
            var store = await objects.FindAsync(new ObjectReference(version, kind, null, name!), space, ct);
            if (store?.Condition("Ready") is not ("True", _))
            {
                rows.Add(PreflightRow.Told($"{kind} {name}", store is null ? "is not there" : store.Condition("Ready")?.Message ?? "has not been looked at yet",
                    SecretLink.Access, "Look at the store's role and its trust: kubectl describe " + $"{kind.ToLowerInvariant()} {name}."));
            }
        }

        return rows;
    }

    private static bool IsReady(V1Endpoint endpoint) => endpoint.Conditions?.Ready is not false;
}
