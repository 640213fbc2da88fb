using System.Text.Json.Nodes;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>Where a Deployment stands between its templates, and the sizes that follow from it. Pure.</summary>
/// <param name="Deployment">The deployment.</param>
/// <param name="New">The set of its present template, if there is one.</param>
/// <param name="Old">The sets of former templates, oldest first.</param>
public sealed record Rollout(V1Deployment Deployment, V1ReplicaSet? New, IReadOnlyList<V1ReplicaSet> Old)
{
    /// <summary>How many pods are wanted.</summary>
    public int Replicas => Deployment.Spec.Replicas ?? 1;

    /// <summary>How many more may be there for a while.</summary>
    public int Surge => IsRolling ? Facts.Scaled(Deployment.Spec.Strategy?.RollingUpdate?.MaxSurge, Replicas, up: true, "25%") : 0;

    /// <summary>How many may be missing for a while; never none when there is no surge either, or nothing could move.</summary>
    public int Unavailable
    {
        get
        {
            var number = IsRolling ? Facts.Scaled(Deployment.Spec.Strategy?.RollingUpdate?.MaxUnavailable, Replicas, up: false, "25%") : 0;
            return Math.Min(Replicas, number == 0 && Surge == 0 ? 1 : number);
        }
    }

    /// <summary>All sets.</summary>
    public IEnumerable<V1ReplicaSet> All => New is null ? Old : Old.Append(New);

    private bool IsRolling => Deployment.Spec.Strategy?.Type != "Recreate";

    /// <summary>Tells the new set from the old ones.</summary>
    public static Rollout Of(V1Deployment deployment, IReadOnlyList<V1ReplicaSet> sets)
    {
        var ordered = sets.OrderBy(set => set.Metadata.CreationTimestamp).ThenBy(set => set.Metadata.Name, StringComparer.Ordinal).ToList();
        var current = ordered.FirstOrDefault(set => SameTemplate(deployment, set));
        return new Rollout(deployment, current, [.. ordered.Where(set => set != current)]);
    }

    /// <summary>Whether a set has the deployment's template, but for the label that this controller added.</summary>
    public static bool SameTemplate(V1Deployment deployment, V1ReplicaSet set)
    {
        var theirs = Facts.Json(set.Spec.Template);
        (theirs?["metadata"]?["labels"] as JsonObject)?.Remove(DeploymentController.TemplateHash);
        var ours = Facts.Json(deployment.Spec.Template);
        (ours?["metadata"]?["labels"] as JsonObject)?.Remove(DeploymentController.TemplateHash);
        return JsonNode.DeepEquals(ours, theirs);
    }

    /// <summary>How large the new set may be now.</summary>
    public int NextNewReplicas()
    {
        var size = New?.Spec.Replicas ?? 0;
        if (size >= Replicas)
        {
            return Replicas;
        }

        var room = Replicas + Surge - All.Sum(set => set.Spec.Replicas ?? 0);
        return room <= 0 ? size : size + Math.Min(room, Replicas - size);
    }

    /// <summary>The old sets that may shrink now, and to what: first by what is not up anyway, then by what can be spared.</summary>
    public IReadOnlyList<(V1ReplicaSet Set, int Replicas)> NextOldReplicas()
    {
        var minimum = Replicas - Unavailable;
        var missing = (New?.Spec.Replicas ?? 0) - (New?.Status?.AvailableReplicas ?? 0);
        var spare = All.Sum(set => set.Spec.Replicas ?? 0) - minimum - missing;
        if (spare <= 0)
        {
            return [];
        }

        var sizes = Old.ToDictionary(set => set, set => set.Spec.Replicas ?? 0);
        foreach (var set in Old)
        {
            var cut = Math.Min(spare, Math.Max(0, sizes[set] - (set.Status?.AvailableReplicas ?? 0)));
            sizes[set] -= cut;
            spare -= cut;
        }

        var available = All.Sum(set => set.Status?.AvailableReplicas ?? 0) - minimum;
        foreach (var set in Old)
        {
            var cut = Math.Clamp(Math.Min(sizes[set], available), 0, int.MaxValue);
            sizes[set] -= cut;
            available -= cut;
        }

        return [.. sizes.Where(size => size.Value != size.Key.Spec.Replicas).Select(size => (size.Key, size.Value))];
    }

    /// <summary>The sizes after the deployment itself was scaled: spread over the sets in their proportions while two templates run.</summary>
    public IReadOnlyList<(V1ReplicaSet Set, int Replicas)> Proportions(string maxReplicasNote)
    {
        var active = All.Where(set => set.Spec.Replicas > 0).ToList();
        if (active.Count == 0)
        {
            return New is null ? [] : [(New, Replicas)];
        }

        if (active.Count == 1)
        {
            return [(active[0], Replicas)];
        }

        if (!IsRolling || Replicas == 0)
        {
            return [.. active.Select(set => (set, set == New ? Replicas : 0))];
        }

        var total = active.Sum(set => set.Spec.Replicas ?? 0);
        var rest = Replicas + Surge - total;
        var sizes = new List<(V1ReplicaSet Set, int Replicas)>();
        foreach (var set in active.OrderByDescending(set => set.Spec.Replicas))
        {
            var size = set.Spec.Replicas ?? 0;
            var before = set.Metadata.Annotations is { } notes && notes.TryGetValue(maxReplicasNote, out var text) && int.TryParse(text, out var number) && number > 0
                ? number
                : total;
            var share = (int)Math.Round(size * (double)(Replicas + Surge) / before, MidpointRounding.AwayFromZero) - size;
            share = rest > 0 ? Math.Clamp(share, 0, rest) : Math.Clamp(share, rest, 0);
            rest -= share;
            sizes.Add((set, Math.Max(0, size + share)));
        }

        // What rounding left goes to the largest.
        sizes[0] = (sizes[0].Set, Math.Max(0, sizes[0].Replicas + rest));
        return sizes;
    }

    /// <summary>Whether all pods are of the new template and up.</summary>
    public bool IsComplete() =>
        New?.Status is { } status
        && New.Spec.Replicas == Replicas
        && status.Replicas == Replicas
        && (status.AvailableReplicas ?? 0) == Replicas
        && Old.Sum(set => set.Status?.Replicas ?? 0) == 0;
}
