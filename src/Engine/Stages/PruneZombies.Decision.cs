using System.Globalization;
using System.Text.Json;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

public sealed partial class PruneZombies
{
    /// <summary>The entries to drop. Pure. A cluster that was not looked at for sure never gets here.</summary>
    /// <param name="state">The state.</param>
    /// <param name="cluster">The cluster as AWS has it; null when AWS says that there is none.</param>
    /// <param name="missingNamespaces">Namespaces that the cluster itself says do not exist.</param>
    public static IReadOnlyList<Zombie> Classify(TerraformState state, ClusterFacts? cluster, IReadOnlySet<string> missingNamespaces)
    {
        var inCluster = state.Managed.Where(instance => instance.IsInCluster);
        if (cluster is null)
        {
            return [.. inCluster.Select(instance => new Zombie(instance.Address, "its cluster does not exist"))];
        }

        if (Difference(state, cluster) is { } difference)
        {
            return [.. inCluster.Select(instance => new Zombie(instance.Address, $"its cluster is another one of the same name: {difference}"))];
        }

        return [.. inCluster
            .Select(instance => (instance.Address, Namespace: NamespaceOf(instance)))
            .Where(entry => entry.Namespace is not null && missingNamespaces.Contains(entry.Namespace))
            .Select(entry => new Zombie(entry.Address, $"namespace {entry.Namespace} does not exist"))];
    }

    private static bool IsOther(TerraformState state, ClusterFacts cluster) => Difference(state, cluster) is not null;

    // A root that only reads the cluster remembers it as a data source.
    private static string? Difference(TerraformState state, ClusterFacts cluster) =>
        state.Instances.FirstOrDefault(instance => instance.Type == "aws_eks_cluster" && instance.Text("name") == cluster.Name) is { } recorded
            ? OtherIncarnation(recorded, cluster)
            : null;

    private static string? OtherIncarnation(StateInstance recorded, ClusterFacts cluster)
    {
        if (recorded.Text("endpoint") is { Length: > 0 } endpoint && endpoint != cluster.Endpoint && cluster.Endpoint.Length > 0)
        {
            return $"it answers at {cluster.Endpoint}, the state says {endpoint}";
        }

        if (AuthorityOf(recorded) is { Length: > 0 } authority && authority != cluster.AuthorityData && cluster.AuthorityData.Length > 0)
        {
            return "it has another certificate authority than the state says";
        }

        return DateTimeOffset.TryParse(recorded.Text("created_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created)
            && cluster.CreatedAt is { } real && Math.Abs((real - created).TotalSeconds) > 1
            ? $"it was made at {real:O}, the state says {created:O}"
            : null;
    }

    private static string? AuthorityOf(StateInstance recorded) =>
        recorded.Attributes.ValueKind is JsonValueKind.Object
        && recorded.Attributes.TryGetProperty("certificate_authority", out var list) && list.ValueKind is JsonValueKind.Array && list.GetArrayLength() > 0
        && list[0].TryGetProperty("data", out var data) && data.ValueKind is JsonValueKind.String
            ? data.GetString()
            : null;

    // A namespace's own entry is no zombie by its absence: terraform's refresh sees that it is gone and makes it again.
    private static string? NamespaceOf(StateInstance instance) =>
        instance.Type is "kubernetes_namespace" or "kubernetes_namespace_v1" ? null
        : instance.Text("namespace")
            ?? (instance.Attributes.ValueKind is JsonValueKind.Object
                && instance.Attributes.TryGetProperty("metadata", out var metadata)
                && metadata.ValueKind is JsonValueKind.Array && metadata.GetArrayLength() > 0
                && metadata[0].TryGetProperty("namespace", out var name) ? name.GetString() : null);
}
