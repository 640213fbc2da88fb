using System.Net.Http;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>Binds pods to nodes; what fits nowhere waits, and says why, until nodes, pods or claims change.</summary>
public sealed class Scheduler : Controller
{
    private readonly Informer<V1Pod> _pods;
    private readonly Informer<V1Node> _nodes;
    private readonly Informer<V1PersistentVolumeClaim> _claims;

    /// <summary>For one cluster.</summary>
    public Scheduler(ControllerContext context)
        : base(context, "default-scheduler", workers: 1)
    {
        // One at a time: two decisions at once could fill the same place.
        _pods = context.Informers.For<V1Pod>();
        _pods.Store.AddIndex("unbound", pod => IsUnbound(pod) ? ["yes"] : []);
        _pods.OnChange(OnPod);
        _nodes = context.Informers.For<V1Node>();
        _nodes.OnChange(OnNode);
        _claims = Watch<V1PersistentVolumeClaim>(claim => _pods.Store.List("unbound", "yes")
            .Where(pod => pod.Spec.Volumes?.Any(volume => volume.PersistentVolumeClaim?.ClaimName == claim.Metadata.Name) == true)
            .Select(pod => ObjectStore<V1Pod>.KeyOf(pod.Metadata)));
    }

    private static bool IsUnbound(V1Pod pod) =>
        string.IsNullOrEmpty(pod.Spec.NodeName) && !Facts.IsFinished(pod)
        && (string.IsNullOrEmpty(pod.Spec.SchedulerName) || pod.Spec.SchedulerName == "default-scheduler");

    private void OnPod(V1Pod? old, V1Pod? pod)
    {
        if (pod is not null && IsUnbound(pod))
        {
            // The condition that this scheduler writes is no news to it.
            if (old is null || old.Metadata.Generation != pod.Metadata.Generation || old.Metadata.DeletionTimestamp != pod.Metadata.DeletionTimestamp)
            {
                Queue.Add(ObjectStore<V1Pod>.KeyOf(pod.Metadata));
            }
        }
        else if (old is not null && !string.IsNullOrEmpty(old.Spec.NodeName) && (pod is null || Facts.IsFinished(pod)))
        {
            RetryAll();
        }
    }

    private void OnNode(V1Node? old, V1Node? node)
    {
        if (old is null || node is null || !Facts.Same(old.Spec, node.Spec) || !Facts.Same(old.Metadata.Labels, node.Metadata.Labels)
            || !Facts.Same(old.Status?.Allocatable, node.Status?.Allocatable))
        {
            RetryAll();
        }
    }

    private void RetryAll() => _pods.Store.List("unbound", "yes").ForEach(pod => Queue.Add(ObjectStore<V1Pod>.KeyOf(pod.Metadata)));

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_pods.Store.Find(key) is not { } pod || !IsUnbound(pod))
        {
            return;
        }

        if (_pods.Store.IsDoomed(pod))
        {
            // No kubelet knows it, so nobody else ends it.
            await Api.DeleteAsync(ResourcePath.Of<V1Pod>(), pod.Metadata, ct, graceSeconds: 0);
            return;
        }

        if (pod.Spec.SchedulingGates is { Count: > 0 })
        {
            return;
        }

        var nodes = _nodes.Store.List().Where(node => node.Metadata.DeletionTimestamp is null).ToList();
        var running = _pods.Store.List().Where(other => !string.IsNullOrEmpty(other.Spec.NodeName) && !Facts.IsFinished(other));
        var (node, message) = Unclaimed(pod) is { } missing && nodes.Count > 0
            ? (null, $"0/{nodes.Count} nodes are available: {missing}. preemption: 0/{nodes.Count} nodes are available: {nodes.Count} Preemption is not helpful for scheduling.")
            : Placement.Choose(pod, nodes, running.ToLookup(other => other.Spec.NodeName));
        if (node is null)
        {
            await RefuseAsync(pod, message, ct);
            return;
        }

        var binding = new V1Binding
        {
            ApiVersion = "v1",
            Kind = "Binding",
            Metadata = new V1ObjectMeta { Name = pod.Metadata.Name, NamespaceProperty = pod.Metadata.NamespaceProperty, Uid = pod.Metadata.Uid },
            Target = new V1ObjectReference { ApiVersion = "v1", Kind = "Node", Name = node.Metadata.Name },
        };
        var path = ResourcePath.Of<V1Pod>().Path(pod.Metadata.NamespaceProperty, pod.Metadata.Name, "binding");
        try
        {
            await Api.SendAsync<V1Status>(HttpMethod.Post, path, binding, "application/json", ct);
        }
        catch (ClusterApiException failure) when (failure.IsNotFound || failure.IsConflict)
        {
            return;
        }

        // The next decision must see this one; the version stays, so that the watch's news replaces it.
        _pods.Store.Replace(pod, pod with { Spec = pod.Spec with { NodeName = node.Metadata.Name } });
        Tell(pod, false, "Scheduled", $"Successfully assigned {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name} to {node.Metadata.Name}");
    }

    private string? Unclaimed(V1Pod pod)
    {
        foreach (var name in (pod.Spec.Volumes ?? []).Select(volume => volume.PersistentVolumeClaim?.ClaimName).OfType<string>())
        {
            switch (_claims.Store.Find($"{pod.Metadata.NamespaceProperty}/{name}"))
            {
                case null:
                    return $"persistentvolumeclaim \"{name}\" not found";
                case { Status.Phase: not "Bound" }:
                    return "pod has unbound immediate PersistentVolumeClaims";
            }
        }

        return null;
    }

    private async Task RefuseAsync(V1Pod pod, string message, CancellationToken ct)
    {
        Tell(pod, true, "FailedScheduling", message);
        var known = Facts.Condition(pod, "PodScheduled");
        if (known is { Status: "False" } && known.Message == message)
        {
            return;
        }

        var condition = new V1PodCondition
        {
            Type = "PodScheduled",
            Status = "False",
            Reason = "Unschedulable",
            Message = message,
            LastTransitionTime = known is { Status: "False" } ? known.LastTransitionTime : Context.Now,
        };
        var patch = new { metadata = new { uid = pod.Metadata.Uid }, status = new { conditions = new[] { condition } } };
        _pods.Store.Observe(await Api.PatchAsync<V1Pod>(pod.Metadata, patch, PatchKind.Strategic, ct, "status"));
    }
}
