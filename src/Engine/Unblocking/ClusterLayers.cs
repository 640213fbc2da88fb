using System.Text.Json;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>What Terraform has, or would make, inside of the cluster, as far as unblocking needs to know: whose a thing is.</summary>
public sealed class ClusterLayers(TerraformRoots roots, LayerPlans plans)
{
    /// <summary>The helm releases that Terraform owns: those in the states, and those in the plans that it would make.</summary>
    /// <param name="wanted">Which are in question: where the states name them all, nothing is planned.</param>
    /// <param name="reporter">Where the tools' events go.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Outcome<HashSet<ServiceName>>> ReleasesAsync(IReadOnlyCollection<ServiceName> wanted, StageReporter reporter, CancellationToken ct)
    {
        if (!(await StatesAsync(reporter, ct)).Is(out var instances, out var failure))
        {
            return failure;
        }

        var owned = instances.Where(instance => instance.Type == "helm_release").Select(instance => Release(instance.Attributes)).OfType<ServiceName>().ToHashSet();
        foreach (var layer in roots.Layers.Where(layer => layer.NeedsCluster))
        {
            // A release that was interrupted while it was made is in no state.
            if (wanted.All(owned.Contains))
            {
                break;
            }

            if (!(await plans.ForAsync(layer, reporter, ct)).Is(out var plan, out failure))
            {
                return failure;
            }

            owned.UnionWith(plan.Changes.Where(change => change.Type == "helm_release").Select(change => Release(change.After)).OfType<ServiceName>());
        }

        return owned;
    }

    /// <summary>The namespaces that Terraform makes or works in, as the states have it.</summary>
    public async Task<Outcome<HashSet<string>>> NamespacesAsync(StageReporter reporter, CancellationToken ct)
    {
        if (!(await StatesAsync(reporter, ct)).Is(out var instances, out var failure))
        {
            return failure;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var attributes in instances.Where(instance => instance.IsInCluster).Select(instance => instance.Attributes))
        {
            if (Text(attributes, "namespace") is { } direct)
            {
                names.Add(direct);
            }

            if (attributes.ValueKind is JsonValueKind.Object && attributes.TryGetProperty("metadata", out var metadata)
                && metadata.ValueKind is JsonValueKind.Array && metadata.GetArrayLength() > 0)
            {
                names.Add(Text(metadata[0], "namespace") ?? Text(metadata[0], "name") ?? "");
            }
        }

        return names;
    }

    private async Task<Outcome<List<StateInstance>>> StatesAsync(StageReporter reporter, CancellationToken ct)
    {
        var all = new List<StateInstance>();
        foreach (var layer in roots.RootLayers)
        {
            if (!(await roots.OpenAsync(layer, reporter, ct)).Is(out var terraform, out var failure)
                || !(await terraform.StatePullAsync(ct)).Is(out var state, out failure))
            {
                return failure;
            }

            all.AddRange(state.Managed);
        }

        return all;
    }

    private static ServiceName? Release(JsonElement attributes) =>
        Text(attributes, "name") is { } name ? new ServiceName(Text(attributes, "namespace") ?? "default", name) : null;

    private static string? Text(JsonElement attributes, string name) =>
        attributes.ValueKind is JsonValueKind.Object && attributes.TryGetProperty(name, out var value)
            && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
