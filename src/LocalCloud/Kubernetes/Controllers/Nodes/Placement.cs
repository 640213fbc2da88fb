using System.Globalization;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>Which node a pod fits on, and why not, in the scheduler's words. Pure.</summary>
public static class Placement
{
    /// <summary>The message for a cluster without nodes.</summary>
    public const string NoNodes = "no nodes available to schedule pods";

    /// <summary>Chooses the node with the most room; null and the message of the FailedScheduling event when none fits.</summary>
    public static (V1Node? Node, string Message) Choose(V1Pod pod, IReadOnlyList<V1Node> nodes, ILookup<string, V1Pod> podsByNode)
    {
        if (nodes.Count == 0)
        {
            return (null, NoNodes);
        }

        var refusals = new List<string>();
        var fitting = new List<V1Node>();
        foreach (var node in nodes)
        {
            if (Refusal(pod, node, podsByNode[node.Metadata.Name], ignoreResources: false) is { } refusal)
            {
                refusals.Add(refusal);
            }
            else
            {
                fitting.Add(node);
            }
        }

        if (fitting.Count > 0)
        {
            return (fitting.OrderBy(node => podsByNode[node.Metadata.Name].Count()).ThenBy(node => node.Metadata.Name, StringComparer.Ordinal).First(), "");
        }

        var reasons = refusals.GroupBy(refusal => refusal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}");
        var lacking = refusals.Count(refusal => refusal.StartsWith("Insufficient", StringComparison.Ordinal) || refusal == "Too many pods");
        var preemption = new[]
        {
            (Count: lacking, Text: "No preemption victims found for incoming pod"),
            (Count: nodes.Count - lacking, Text: "Preemption is not helpful for scheduling"),
        }.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Text}");
        var none = $"0/{nodes.Count} nodes are available: ";
        return (null, $"{none}{string.Join(", ", reasons)}. preemption: {none}{string.Join(", ", preemption)}.");
    }

    /// <summary>Why a pod does not fit on a node; null when it does.</summary>
    public static string? Refusal(V1Pod pod, V1Node node, IEnumerable<V1Pod> there, bool ignoreResources)
    {
        var tolerations = pod.Spec.Tolerations ?? [];
        if (node.Spec?.Unschedulable == true
            && !tolerations.Any(toleration => Tolerates(toleration, new V1Taint { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" })))
        {
            return "node(s) were unschedulable";
        }

        var taint = (node.Spec?.Taints ?? []).FirstOrDefault(taint =>
            taint.Effect is "NoSchedule" or "NoExecute" && !tolerations.Any(toleration => Tolerates(toleration, taint)));
        if (taint is not null)
        {
            return $"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}";
        }

        if (!MatchesSelector(pod.Spec, node))
        {
            return "node(s) didn't match Pod's node affinity/selector";
        }

        return ignoreResources ? null : Lacking(pod, node, [.. there]);
    }

    /// <summary>What a pod asks for of a resource: the sum of its containers, or its largest init container.</summary>
    public static decimal Request(V1Pod pod, string resource)
    {
        decimal Of(V1Container container) =>
            container.Resources?.Requests is { } requests && requests.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : 0;
        return Math.Max(pod.Spec.Containers.Sum(Of), (pod.Spec.InitContainers ?? []).Select(Of).DefaultIfEmpty(0).Max());
    }

    private static string? Lacking(V1Pod pod, V1Node node, List<V1Pod> there)
    {
        var room = node.Status?.Allocatable ?? new Dictionary<string, ResourceQuantity>();
        if (room.TryGetValue("pods", out var pods) && there.Count + 1 > pods.ToDecimal())
        {
            return "Too many pods";
        }

        foreach (var resource in pod.Spec.Containers.SelectMany(container => container.Resources?.Requests?.Keys ?? []).Append("cpu").Append("memory").Distinct())
        {
            var wanted = Request(pod, resource);
            var limit = room.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : 0;
            if (wanted > 0 && there.Sum(other => Request(other, resource)) + wanted > limit)
            {
                return $"Insufficient {resource}";
            }
        }

        return null;
    }

    private static bool MatchesSelector(V1PodSpec spec, V1Node node)
    {
        string? Label(string key) => node.Metadata.Labels is { } labels && labels.TryGetValue(key, out var value) ? value : null;
        if (spec.NodeSelector?.Any(wanted => Label(wanted.Key) != wanted.Value) == true)
        {
            return false;
        }

        var required = spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        return required is null || required.NodeSelectorTerms.Any(term =>
            (term.MatchExpressions ?? []).All(wanted => Fits(wanted, Label(wanted.Key)))
            && (term.MatchFields ?? []).All(wanted => Fits(wanted, wanted.Key == "metadata.name" ? node.Metadata.Name : null)));
    }

    private static bool Fits(V1NodeSelectorRequirement wanted, string? value) => wanted.OperatorProperty switch
    {
        "In" => value is not null && wanted.Values.Contains(value),
        "NotIn" => value is null || !wanted.Values.Contains(value),
        "Exists" => value is not null,
        "DoesNotExist" => value is null,
        "Gt" => Number(value) > Number(wanted.Values[0]),
        "Lt" => Number(value) < Number(wanted.Values[0]),
        _ => false,
    };

    private static long? Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
        && (string.IsNullOrEmpty(toleration.Key) ? toleration.OperatorProperty == "Exists" : toleration.Key == taint.Key)
        && (toleration.OperatorProperty == "Exists" || (toleration.Value ?? "") == (taint.Value ?? ""));
}
