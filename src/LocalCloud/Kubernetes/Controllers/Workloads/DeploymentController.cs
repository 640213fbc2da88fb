using System.Globalization;
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

    private async Task<V1ReplicaSet> EnsureNewAsync(Rollout rollout, CancellationToken ct)
    {
        var deployment = rollout.Deployment;
        var last = rollout.Old.Select(Number).DefaultIfEmpty(0).Max();
        V1ReplicaSet current;
        if (rollout.New is { } known)
        {
            // Going back to an earlier template makes its set the newest revision.
            var revision = Math.Max(last + 1, Number(known));
            current = Number(known) == revision ? known : await PatchAsync(known, Renumbered(known, revision), null, ct);
        }
        else
        {
            current = await CreateAsync(rollout, last + 1, ct);
        }

        var number = current.Metadata.Annotations[Revision];
        if (deployment.Metadata.Annotations is not { } annotations || !annotations.TryGetValue(Revision, out var shown) || shown != number)
        {
            var patch = new { metadata = new { annotations = new Dictionary<string, string> { [Revision] = number } } };
            _deployments.Store.Observe(await Api.PatchAsync<V1Deployment>(deployment.Metadata, patch, PatchKind.Merge, ct));
        }

        return current;
    }

    private static Dictionary<string, string> Renumbered(V1ReplicaSet set, long revision)
    {
        var annotations = new Dictionary<string, string> { [Revision] = revision.ToString(CultureInfo.InvariantCulture) };
        if (set.Metadata.Annotations is { } old && old.TryGetValue(Revision, out var before))
        {
            annotations[RevisionHistory] = old.TryGetValue(RevisionHistory, out var history) && history.Length > 0 ? $"{history},{before}" : before;
        }

        return annotations;
    }

    private async Task<V1ReplicaSet> CreateAsync(Rollout rollout, long revision, CancellationToken ct)
    {
        var deployment = rollout.Deployment;
        var hash = Facts.Hash(deployment.Spec.Template, deployment.Status?.CollisionCount);
        var template = Facts.Copy(deployment.Spec.Template);
        template.Metadata ??= new V1ObjectMeta();
        template.Metadata.Labels = new Dictionary<string, string>(template.Metadata.Labels ?? new Dictionary<string, string>()) { [TemplateHash] = hash };
        var annotations = (deployment.Metadata.Annotations ?? new Dictionary<string, string>())
            .Where(note => note.Key is not (LastApplied or Revision or RevisionHistory or DesiredReplicas or MaxReplicas))
            .ToDictionary();
        annotations[Revision] = revision.ToString(CultureInfo.InvariantCulture);
        annotations[DesiredReplicas] = Text(rollout.Replicas);
        annotations[MaxReplicas] = Text(rollout.Replicas + rollout.Surge);
        var wanted = new V1ReplicaSet
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"{deployment.Metadata.Name}-{hash}",
                NamespaceProperty = deployment.Metadata.NamespaceProperty,
                Labels = template.Metadata.Labels,
                Annotations = annotations,
                OwnerReferences = [Facts.Reference(deployment)],
            },
            Spec = new V1ReplicaSetSpec
            {
                Replicas = deployment.Spec.Strategy?.Type == "Recreate" ? rollout.Replicas : rollout.NextNewReplicas(),
                MinReadySeconds = deployment.Spec.MinReadySeconds,
                Selector = new V1LabelSelector
                {
                    MatchLabels = new Dictionary<string, string>(deployment.Spec.Selector.MatchLabels ?? new Dictionary<string, string>()) { [TemplateHash] = hash },
                    MatchExpressions = deployment.Spec.Selector.MatchExpressions,
                },
                Template = template,
            },
        };
        try
        {
            var created = await Api.CreateAsync(wanted, ct);
            created.Metadata.ManagedFields = null;
            _sets.Store.Observe(created);
            if (created.Spec.Replicas > 0)
            {
                Tell(deployment, false, "ScalingReplicaSet", $"Scaled up replica set {created.Metadata.Name} from 0 to {created.Spec.Replicas}");
            }

            return created;
        }
        catch (ClusterApiException failure) when (failure.IsAlreadyExists)
        {
            var other = await Api.FindAsync<V1ReplicaSet>(wanted.Metadata.NamespaceProperty, wanted.Metadata.Name, ct);
            if (other is not null && Facts.Controller(other)?.Uid == deployment.Metadata.Uid && Rollout.SameTemplate(deployment, other))
            {
                _sets.Store.Observe(other);
                return other;
            }

            // Two templates with one hash: the next try adds this number to it.
            var status = (deployment.Status ?? new V1DeploymentStatus()) with { CollisionCount = (deployment.Status?.CollisionCount ?? 0) + 1 };
            _deployments.Store.Observe(await Api.UpdateAsync(deployment with { Status = status }, ct, "status"));
            throw;
        }
        catch (ClusterApiException failure) when (!failure.IsNamespaceTerminating)
        {
            Tell(deployment, true, "ReplicaSetCreateError", $"Failed to create new replica set \"{wanted.Metadata.Name}\": {failure.Message}");
            throw;
        }
    }

    private async Task<bool> ScaleAsync(Rollout rollout, V1ReplicaSet set, int replicas, CancellationToken ct)
    {
        var notes = new Dictionary<string, string> { [DesiredReplicas] = Text(rollout.Replicas), [MaxReplicas] = Text(rollout.Replicas + rollout.Surge) };
        var before = set.Spec.Replicas ?? 0;
        var noted = set.Metadata.Annotations is { } annotations
            && notes.All(note => annotations.TryGetValue(note.Key, out var value) && value == note.Value);
        if (before == replicas && noted)
        {
            return false;
        }

        await PatchAsync(set, notes, replicas, ct);
        if (before != replicas)
        {
            var direction = replicas > before ? "up" : "down";
            Tell(rollout.Deployment, false, "ScalingReplicaSet", $"Scaled {direction} replica set {set.Metadata.Name} from {before} to {replicas}");
        }

        return before != replicas;
    }

    private async Task<V1ReplicaSet> PatchAsync(V1ReplicaSet set, Dictionary<string, string> annotations, int? replicas, CancellationToken ct)
    {
        var patch = new Dictionary<string, object> { ["metadata"] = new { uid = set.Metadata.Uid, annotations } };
        if (replicas is not null)
        {
            patch["spec"] = new { replicas };
        }

        var patched = await Api.PatchAsync<V1ReplicaSet>(set.Metadata, patch, PatchKind.Merge, ct);
        patched.Metadata.ManagedFields = null;
        _sets.Store.Observe(patched);
        return patched;
    }

    private async Task CleanUpAsync(Rollout rollout, CancellationToken ct)
    {
        if (!rollout.IsComplete())
        {
            return;
        }

        var idle = rollout.Old
            .Where(set => set.Spec.Replicas == 0 && (set.Status?.Replicas ?? 0) == 0 && !_sets.Store.IsDoomed(set))
            .OrderBy(Number)
            .ToList();
        foreach (var set in idle.Take(Math.Max(0, idle.Count - (rollout.Deployment.Spec.RevisionHistoryLimit ?? 10))))
        {
            _sets.Store.Doom(set);
            await Api.DeleteAsync(ResourcePath.Of<V1ReplicaSet>(), set.Metadata, ct);
        }
    }

    private static long Number(V1ReplicaSet set) =>
        set.Metadata.Annotations is { } annotations && annotations.TryGetValue(Revision, out var text) && long.TryParse(text, out var number) ? number : 0;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
