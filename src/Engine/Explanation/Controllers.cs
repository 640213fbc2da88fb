using k8s.Models;

namespace Mayfly.Engine.Explanation;

/// <summary>The controllers that make what lies between the visitor and the cluster. Pure.</summary>
public static class Controllers
{
    /// <summary>Writes the records; by the name its chart gives it.</summary>
    public const string Dns = "external-dns";

    /// <summary>Makes load balancers; by the name its chart gives it.</summary>
    public const string Balancing = "aws-load-balancer-controller";

    private const string NameLabel = "app.kubernetes.io/name";

    /// <summary>What is wrong with a controller, a line each; none when it runs, and when nobody knows.</summary>
    /// <param name="deployments">Every deployment of the cluster; null: they could not be seen.</param>
    /// <param name="name">Its name.</param>
    public static IReadOnlyList<string> Troubles(IEnumerable<V1Deployment>? deployments, string name)
    {
        if (deployments is null)
        {
            return [];
        }

        var own = deployments.Where(deployment => deployment.Metadata.Name == name
            || (deployment.Metadata.Labels?.TryGetValue(NameLabel, out var label) is true && label == name)).ToList();
        return own.Count == 0 ? [$"no deployment of {name} is in the cluster"]
            : [.. own.Where(deployment => (deployment.Status?.ReadyReplicas ?? 0) == 0).Select(deployment => deployment.Spec.Replicas == 0
                ? $"deployment {deployment.Metadata.NamespaceProperty}/{deployment.Metadata.Name} is scaled to 0"
                : $"deployment {deployment.Metadata.NamespaceProperty}/{deployment.Metadata.Name} has no ready pod")];
    }
}
