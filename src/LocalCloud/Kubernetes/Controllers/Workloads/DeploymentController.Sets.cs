using System.Globalization;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>The ReplicaSets of a Deployment: made, numbered, scaled, cleaned up.</summary>
public sealed partial class DeploymentController
{
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
