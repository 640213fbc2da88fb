using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Cluster;

/// <summary>Deletes pods whose node is gone: no kubelet is left to end them, and their controllers wait for a place elsewhere.</summary>
public sealed class LostPodController : Controller
{
    private readonly Informer<V1Pod> _pods;
    private readonly Informer<V1Node> _nodes;

    /// <summary>For one cluster.</summary>
    public LostPodController(ControllerContext context)
        : base(context, "pod-garbage-collector", workers: 1)
    {
        _pods = context.Informers.For<V1Pod>();
        _pods.Store.AddIndex("on-node", pod => string.IsNullOrEmpty(pod.Spec.NodeName) ? [] : [pod.Spec.NodeName]);
        _nodes = Watch<V1Node>();
        _pods.OnChange((old, pod) =>
        {
            if (pod?.Spec.NodeName is { Length: > 0 } node && old?.Spec.NodeName != node)
            {
                Queue.Add(node);
            }
        });
    }

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_nodes.Store.Find(key) is not null || _pods.Store.List("on-node", key) is not { Count: > 0 } pods
            || await Api.FindAsync<V1Node>(null, key, ct) is not null)
        {
            return;
        }

        foreach (var pod in pods)
        {
            await Api.DeleteAsync(ResourcePath.Of<V1Pod>(), pod.Metadata, ct, graceSeconds: 0);
        }
    }
}
