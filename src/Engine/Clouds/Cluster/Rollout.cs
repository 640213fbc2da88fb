using k8s.Models;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>Whether a workload's pods are all of its newest template and ready: the rule of <c>kubectl rollout status</c>. Pure.</summary>
public static class Rollout
{
    /// <summary>Of a Deployment: old pods are gone, new ones available.</summary>
    public static bool IsComplete(V1Deployment deployment)
    {
        var (wanted, now) = (deployment.Spec.Replicas ?? 1, deployment.Status);
        return now?.ObservedGeneration >= (deployment.Metadata.Generation ?? 0)
            && (now.UpdatedReplicas ?? 0) >= wanted
            && (now.Replicas ?? 0) <= (now.UpdatedReplicas ?? 0)
            && (now.AvailableReplicas ?? 0) >= (now.UpdatedReplicas ?? 0);
    }

    /// <summary>Of a StatefulSet: the same, as far as it replaces pods by itself. With OnDelete it never does, and a partition keeps some back.</summary>
    public static bool IsComplete(V1StatefulSet set)
    {
        if (set.Spec.UpdateStrategy?.Type == "OnDelete")
        {
            return true;
        }

        var (wanted, now) = (set.Spec.Replicas ?? 1, set.Status);
        return now?.ObservedGeneration >= (set.Metadata.Generation ?? 0)
            && (now.ReadyReplicas ?? 0) >= wanted
            && (set.Spec.UpdateStrategy?.RollingUpdate?.Partition is > 0 and var kept
                ? (now.UpdatedReplicas ?? 0) >= wanted - kept
                : now.UpdateRevision == now.CurrentRevision || (now.UpdatedReplicas ?? 0) >= wanted);
    }
}
