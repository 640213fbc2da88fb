using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>Moves a Deployment's pods from one template to the next through ReplicaSets, one for each template.</summary>
public sealed partial class DeploymentController : Controller
{
    /// <summary>The label that tells the pods of one template from those of another.</summary>
    public const string TemplateHash = "pod-template-hash";

    private const string Kind = "Deployment";
    private const string Revision = "deployment.kubernetes.io/revision";
    private const string RevisionHistory = "deployment.kubernetes.io/revision-history";
    private const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    private const string MaxReplicas = "deployment.kubernetes.io/max-replicas";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";
    private readonly Informer<V1Deployment> _deployments;
    private readonly Informer<V1ReplicaSet> _sets;
    private readonly Informer<V1Pod> _pods;

    /// <summary>For one cluster.</summary>
    public DeploymentController(ControllerContext context)
        : base(context, "deployment-controller", workers: 4)
    {
        _deployments = Watch<V1Deployment>();
        _deployments.Store.AddIndex("namespace", item => [item.Metadata.NamespaceProperty]);
        _sets = Watch<V1ReplicaSet>(set => Facts.Controller(set) is null ? Candidates(set) : PodControl.OwnerKeys(set, Kind));
        _sets.Store.AddIndex("owner", Facts.OwnerUids);
        _sets.Store.AddIndex("namespace", set => [set.Metadata.NamespaceProperty]);
        _pods = Watch<V1Pod>(RecreateAfter);
        _pods.Store.AddIndex("owner", Facts.OwnerUids);
    }

    private IEnumerable<string> Candidates(V1ReplicaSet orphan) => _deployments.Store.List("namespace", orphan.Metadata.NamespaceProperty)
        .Where(item => Facts.Matches(item.Spec.Selector, orphan.Metadata.Labels))
        .Select(item => ObjectStore<V1Deployment>.KeyOf(item.Metadata));

    // Only Recreate looks at pods: it waits until the last old one is gone.
    private IEnumerable<string> RecreateAfter(V1Pod pod) =>
        PodControl.OwnerKeys(pod, "ReplicaSet").Select(_sets.Store.Find).OfType<V1ReplicaSet>()
            .SelectMany(set => PodControl.OwnerKeys(set, Kind))
            .Where(key => _deployments.Store.Find(key)?.Spec.Strategy?.Type == "Recreate");

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_deployments.Store.Find(key) is not { } deployment)
        {
            return;
        }

        var sets = await ClaimAsync(deployment, ct);
        var rollout = Rollout.Of(deployment, sets);
        if (_deployments.Store.IsDoomed(deployment))
        {
            await WriteStatusAsync(key, rollout, ct);
            return;
        }

        if (deployment.Spec.Paused == true || IsScaled(rollout))
        {
            // Adopts an existing set, never makes one: a paused template waits, a new size is spread over what is there.
            await ScaleProportionallyAsync(rollout, ct);
            await WriteStatusAsync(key, rollout, ct);
            return;
        }

        if (deployment.Spec.Strategy?.Type == "Recreate")
        {
            await RecreateAsync(rollout, ct);
        }
        else
        {
            await RollAsync(rollout, ct);
        }

        // What was written above is in the store by now.
        rollout = Rollout.Of(deployment, [.. _sets.Store.List("owner", deployment.Metadata.Uid)]);
        await CleanUpAsync(rollout, ct);
        await WriteStatusAsync(key, rollout, ct);
    }

    private async Task<List<V1ReplicaSet>> ClaimAsync(V1Deployment deployment, CancellationToken ct)
    {
        var mine = _sets.Store.List("owner", deployment.Metadata.Uid);
        if (deployment.Metadata.DeletionTimestamp is null)
        {
            foreach (var orphan in _sets.Store.List("namespace", deployment.Metadata.NamespaceProperty))
            {
                if (Facts.Controller(orphan) is null && !_sets.Store.IsDoomed(orphan) && Facts.Matches(deployment.Spec.Selector, orphan.Metadata.Labels))
                {
                    var owners = (orphan.Metadata.OwnerReferences ?? []).Append(Facts.Reference(deployment)).ToList();
                    var adopted = await Api.PatchAsync<V1ReplicaSet>(
                        orphan.Metadata, new { metadata = new { uid = orphan.Metadata.Uid, ownerReferences = owners } }, PatchKind.Merge, ct);
                    _sets.Store.Observe(adopted);
                    mine.Add(adopted);
                }
            }
        }

        return [.. mine.Where(set => Facts.Matches(deployment.Spec.Selector, set.Metadata.Labels))];
    }

    private static bool IsScaled(Rollout rollout) => rollout.All.Any(set =>
        set.Spec.Replicas > 0
        && set.Metadata.Annotations is { } annotations
        && annotations.TryGetValue(DesiredReplicas, out var desired)
        && int.TryParse(desired, out var number)
        && number != rollout.Replicas);

    private async Task RecreateAsync(Rollout rollout, CancellationToken ct)
    {
        var old = rollout.Old.Where(set => set.Spec.Replicas > 0).ToList();
        if (old.Count > 0)
        {
            foreach (var set in old)
            {
                await ScaleAsync(rollout, set, 0, ct);
            }

            return;
        }

        if (rollout.Old.SelectMany(set => _pods.Store.List("owner", set.Metadata.Uid)).Any(pod => !Facts.IsFinished(pod)))
        {
            return;
        }

        var current = await EnsureNewAsync(rollout, ct);
        await ScaleAsync(rollout, current, rollout.Replicas, ct);
    }

    private async Task RollAsync(Rollout rollout, CancellationToken ct)
    {
        var current = await EnsureNewAsync(rollout, ct);
        rollout = rollout with { New = current };
        if (await ScaleAsync(rollout, current, rollout.NextNewReplicas(), ct))
        {
            return;
        }

        foreach (var (set, replicas) in rollout.NextOldReplicas())
        {
            await ScaleAsync(rollout, set, replicas, ct);
        }
    }

    private async Task ScaleProportionallyAsync(Rollout rollout, CancellationToken ct)
    {
        if (rollout.New is { } known)
        {
            await EnsureNewAsync(rollout with { New = known }, ct);
        }

        foreach (var (set, replicas) in rollout.Proportions(MaxReplicas))
        {
            await ScaleAsync(rollout, set, replicas, ct);
        }
    }
}
