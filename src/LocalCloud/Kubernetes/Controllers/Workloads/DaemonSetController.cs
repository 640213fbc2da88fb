using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>Keeps one pod on each node that fits.</summary>
public sealed class DaemonSetController : Controller
{
    private const string Kind = "DaemonSet";
    private readonly Informer<V1DaemonSet> _sets;
    private readonly Informer<V1Node> _nodes;
    private readonly PodControl _pods;
    private readonly Revisions _revisions;

    /// <summary>For one cluster.</summary>
    public DaemonSetController(ControllerContext context)
        : base(context, "daemonset-controller")
    {
        _pods = new PodControl(context, Name);
        _revisions = new Revisions(context);
        _sets = Watch<V1DaemonSet>();
        _nodes = context.Informers.For<V1Node>();
        _nodes.OnChange(OnNode);
        Watch<V1Pod>(pod => PodControl.OwnerKeys(pod, Kind));
    }

    // A node's heartbeat changes nothing here; labels, taints, coming and going do.
    private void OnNode(V1Node? old, V1Node? node)
    {
        if (old is null || node is null || !Facts.Same(old.Spec, node.Spec) || !Facts.Same(old.Metadata.Labels, node.Metadata.Labels))
        {
            _sets.Store.List().ForEach(set => Queue.Add(ObjectStore<V1DaemonSet>.KeyOf(set.Metadata)));
        }
    }

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_sets.Store.Find(key) is not { } set || _sets.Store.IsDoomed(set))
        {
            return;
        }

        var (current, all) = await _revisions.EnsureAsync(set, set.Spec.Template, set.Spec.Selector, hashOnly: true, ct);
        var hash = current.Metadata.Labels[Revisions.Label];
        var pods = await _pods.ClaimAsync(set, set.Spec.Selector, ct);
        var byNode = pods.Where(_pods.IsActive).ToLookup(TargetNode);
        var wanted = _nodes.Store.List().Where(node => Fits(set, node)).Select(node => node.Metadata.Name).ToHashSet();

        foreach (var finished in pods.Where(pod => Facts.IsFinished(pod) && !_pods.Pods.Store.IsDoomed(pod)))
        {
            Tell(set, true, "FailedDaemonPod", $"Found failed daemon pod {set.Metadata.NamespaceProperty}/{finished.Metadata.Name} on node {finished.Spec.NodeName}, will try to kill it");
            await _pods.DeleteAsync(set, finished, ct);
        }

        // A pod that is still ending holds its node: two of a daemon never run side by side.
        var ending = pods.Where(pod => !_pods.IsActive(pod)).Select(TargetNode).ToHashSet();
        foreach (var node in wanted.Where(node => !byNode.Contains(node) && !ending.Contains(node)))
        {
            await _pods.CreateAsync(set, ForNode(set, node, hash), ct);
        }

        foreach (var surplus in byNode.SelectMany(group => group.Key is not null && wanted.Contains(group.Key) ? group.Skip(1) : group))
        {
            await _pods.DeleteAsync(set, surplus, ct);
        }

        if (set.Spec.UpdateStrategy?.Type != "OnDelete")
        {
            await RollAsync(set, hash, wanted, byNode, ct);
        }

        await WriteStatusAsync(key, set, hash, wanted, ct);
        var inUse = pods.Select(pod => Label(pod) ?? "").Append(hash).ToHashSet();
        await _revisions.CleanUpAsync(all, inUse, set.Spec.RevisionHistoryLimit ?? 10, ct);
    }

    private async Task RollAsync(V1DaemonSet set, string hash, HashSet<string> wanted, ILookup<string?, V1Pod> byNode, CancellationToken ct)
    {
        var allowed = Math.Max(1, Facts.Scaled(set.Spec.UpdateStrategy?.RollingUpdate?.MaxUnavailable, wanted.Count, up: true, "1"));
        var down = wanted.Count(node => !byNode[node].Any(Facts.IsReady));
        var stale = wanted.SelectMany(node => byNode[node].Take(1)).Where(pod => Label(pod) != hash).ToList();
        foreach (var pod in stale.OrderBy(Facts.IsReady))
        {
            if (Facts.IsReady(pod) && down++ >= allowed)
            {
                return;
            }

            await _pods.DeleteAsync(set, pod, ct);
        }
    }

    private static bool Fits(V1DaemonSet set, V1Node node) =>
        Placement.Refusal(new V1Pod { Metadata = new V1ObjectMeta(), Spec = WithTolerations(set.Spec.Template.Spec) }, node, [], ignoreResources: true) is null;

    private static V1PodSpec WithTolerations(V1PodSpec spec) => spec with
    {
        Tolerations =
        [
            .. spec.Tolerations ?? [],
            .. new[] { "not-ready", "unreachable" }.Select(key => new V1Toleration { Key = $"node.kubernetes.io/{key}", OperatorProperty = "Exists", Effect = "NoExecute" }),
            .. new[] { "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable" }
                .Select(key => new V1Toleration { Key = $"node.kubernetes.io/{key}", OperatorProperty = "Exists", Effect = "NoSchedule" }),
        ],
    };

    private static V1Pod ForNode(V1DaemonSet set, string node, string hash)
    {
        var pod = PodControl.FromTemplate(set, set.Spec.Template);
        pod.Metadata.Labels[Revisions.Label] = hash;
        pod.Spec = WithTolerations(pod.Spec);
        pod.Spec.Affinity ??= new V1Affinity();
        pod.Spec.Affinity.NodeAffinity = new V1NodeAffinity
        {
            RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector
            {
                NodeSelectorTerms =
                [
                    new V1NodeSelectorTerm
                    {
                        MatchFields = [new V1NodeSelectorRequirement { Key = "metadata.name", OperatorProperty = "In", Values = [node] }],
                    },
                ],
            },
        };
        return pod;
    }

    private static string? TargetNode(V1Pod pod) => !string.IsNullOrEmpty(pod.Spec.NodeName)
        ? pod.Spec.NodeName
        : pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms
            .SelectMany(term => term.MatchFields ?? []).SelectMany(field => field.Values).FirstOrDefault();

    private static string? Label(V1Pod pod) => pod.Metadata.Labels is { } labels && labels.TryGetValue(Revisions.Label, out var hash) ? hash : null;

    private async Task WriteStatusAsync(string key, V1DaemonSet set, string hash, HashSet<string> wanted, CancellationToken ct)
    {
        var now = Context.Now;
        var pods = _pods.Pods.Store.List("owner", set.Metadata.Uid).Where(_pods.IsActive).ToList();
        var placed = pods.Where(pod => TargetNode(pod) is { } node && wanted.Contains(node)).ToList();
        var available = 0;
        foreach (var pod in placed)
        {
            available += Facts.IsAvailable(pod, set.Spec.MinReadySeconds ?? 0, now, out var wait) ? 1 : 0;
            if (wait > TimeSpan.Zero)
            {
                Queue.AddAfter(key, wait);
            }
        }

        var status = new V1DaemonSetStatus
        {
            ObservedGeneration = set.Metadata.Generation,
            DesiredNumberScheduled = wanted.Count,
            CurrentNumberScheduled = placed.Select(TargetNode).Distinct().Count(),
            NumberMisscheduled = pods.Count - placed.Count,
            NumberReady = placed.Count(Facts.IsReady),
            UpdatedNumberScheduled = placed.Count(pod => Label(pod) == hash),
            NumberAvailable = available,
            NumberUnavailable = wanted.Count - available,
            CollisionCount = set.Status?.CollisionCount,
            Conditions = set.Status?.Conditions,
        };
        if (!Facts.Same(Trimmed(set.Status), Trimmed(status)))
        {
            _sets.Store.Observe(await Api.UpdateAsync(set with { Status = status }, ct, "status"));
        }
    }

    private static V1DaemonSetStatus Trimmed(V1DaemonSetStatus? status) => (status ?? new V1DaemonSetStatus()) with
    {
        UpdatedNumberScheduled = status?.UpdatedNumberScheduled ?? 0,
        NumberAvailable = status?.NumberAvailable ?? 0,
        NumberUnavailable = status?.NumberUnavailable ?? 0,
    };
}
