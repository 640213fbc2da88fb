using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Unblocking;

/// <summary>Every workload of a cluster, to find a controller by what it is called, wherever and however it was installed.</summary>
public sealed class Controllers
{
    private readonly List<(Workload Workload, HashSet<string> Names)> _workloads;

    private Controllers(List<(Workload, HashSet<string>)> workloads) => _workloads = workloads;

    /// <summary>Looks; what cannot be looked at is thrown on, so that nobody takes it for "gone".</summary>
    public static async Task<Controllers> LookAsync(Cluster cluster, CancellationToken ct)
    {
        var deployments = cluster.Api.AppsV1.ListDeploymentForAllNamespacesAsync(cancellationToken: ct);
        var sets = cluster.Api.AppsV1.ListStatefulSetForAllNamespacesAsync(cancellationToken: ct);
        var daemons = cluster.Api.AppsV1.ListDaemonSetForAllNamespacesAsync(cancellationToken: ct);
        return new Controllers(
        [
            .. (await deployments).Items.Select(item => (ControllerWatch.Of(item), Names(item.Metadata, item.Spec.Template))),
            .. (await sets).Items.Select(item => (ControllerWatch.Of(item), Names(item.Metadata, item.Spec.Template))),
            .. (await daemons).Items.Select(item => (ControllerWatch.Of(item), Names(item.Metadata, item.Spec.Template))),
        ]);
    }

    /// <summary>The workloads that may be a controller; none: it is not installed.</summary>
    public IReadOnlyList<Workload> Named(string controller) =>
        [.. _workloads.Where(entry => entry.Names.Contains(controller)).Select(entry => entry.Workload)];

    // The label that charts set, the name, and the image's: one that was renamed is still itself.
    private static HashSet<string> Names(V1ObjectMeta metadata, V1PodTemplateSpec template)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { metadata.Name };
        foreach (var labels in new[] { metadata.Labels, template.Metadata?.Labels })
        {
            if (labels is not null && labels.TryGetValue("app.kubernetes.io/name", out var label))
            {
                names.Add(label);
            }
        }

        names.UnionWith((template.Spec?.Containers ?? []).Select(container => container.Image ?? "")
            .Select(image => image.Split('/')[^1].Split('@')[0].Split(':')[0]));
        return names;
    }
}
