using System.Globalization;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>Keeps pods with names and volumes of their own, made and unmade in order.</summary>
public sealed class StatefulSetController : Controller
{
    private const string Kind = "StatefulSet";
    private readonly Informer<V1StatefulSet> _sets;
    private readonly Informer<V1PersistentVolumeClaim> _claims;
    private readonly PodControl _pods;
    private readonly Revisions _revisions;

    /// <summary>For one cluster.</summary>
    public StatefulSetController(ControllerContext context)
        : base(context, "statefulset-controller")
    {
        _pods = new PodControl(context, Name);
        _revisions = new Revisions(context);
        _sets = Watch<V1StatefulSet>();
        _claims = context.Informers.For<V1PersistentVolumeClaim>();
        Watch<V1Pod>(pod => PodControl.OwnerKeys(pod, Kind));
    }

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_sets.Store.Find(key) is not { } set || _sets.Store.IsDoomed(set))
        {
            return;
        }

        var (current, all) = await _revisions.EnsureAsync(set, set.Spec.Template, set.Spec.Selector, hashOnly: false, ct);
        var former = all.FirstOrDefault(revision => revision.Metadata.Name == set.Status?.CurrentRevision) ?? current;
        var pods = (await _pods.ClaimAsync(set, set.Spec.Selector, ct))
            .Select(pod => (Ordinal: Ordinal(set, pod), Pod: pod))
            .Where(pod => pod.Ordinal is not null)
            .ToDictionary(pod => pod.Ordinal!.Value, pod => pod.Pod);

        await ActAsync(key, set, former, current, pods, ct);
        await WriteStatusAsync(set, former, current, pods, ct);
        var inUse = pods.Values.Select(Revision).OfType<string>().Append(current.Metadata.Name).Append(former.Metadata.Name).ToHashSet();
        await _revisions.CleanUpAsync(all, inUse, set.Spec.RevisionHistoryLimit ?? 10, ct);
    }

    // One step at a time when ordered: the change of a pod brings the next call.
    private async Task ActAsync(
        string key, V1StatefulSet set, V1ControllerRevision former, V1ControllerRevision current, Dictionary<int, V1Pod> pods, CancellationToken ct)
    {
        var ordered = set.Spec.PodManagementPolicy != "Parallel";
        var first = set.Spec.Ordinals?.Start ?? 0;
        var end = first + (set.Spec.Replicas ?? 1);
        var partition = set.Spec.UpdateStrategy?.RollingUpdate?.Partition ?? 0;

        for (var ordinal = first; ordinal < end; ordinal++)
        {
            if (pods.TryGetValue(ordinal, out var pod) && Facts.IsFinished(pod) && !_pods.Pods.Store.IsDoomed(pod))
            {
                Tell(set, true, "RecreatingFailedPod", $"StatefulSet {set.Metadata.NamespaceProperty}/{set.Metadata.Name} is recreating failed Pod {pod.Metadata.Name}");
                await _pods.DeleteAsync(set, pod, ct);
                return;
            }

            if (pod is null)
            {
                var revision = ordinal - first < partition ? former : current;
                pods[ordinal] = await CreateAsync(set, revision, ordinal, first, ct);
                if (ordered)
                {
                    return;
                }
            }
            else if (ordered && !IsHealthy(key, set, pod))
            {
                return;
            }
        }

        foreach (var (_, pod) in pods.Where(pod => pod.Key >= end || pod.Key < first).OrderByDescending(pod => pod.Key))
        {
            if (!_pods.Pods.Store.IsDoomed(pod))
            {
                await _pods.DeleteAsync(set, pod, ct);
            }

            if (ordered)
            {
                return;
            }
        }

        if (set.Spec.UpdateStrategy?.Type == "OnDelete")
        {
            return;
        }

        for (var ordinal = end - 1; ordinal >= first + partition; ordinal--)
        {
            var pod = pods[ordinal];
            if (Revision(pod) != current.Metadata.Name && !_pods.Pods.Store.IsDoomed(pod))
            {
                await _pods.DeleteAsync(set, pod, ct);
                return;
            }

            if (!IsHealthy(key, set, pod))
            {
                return;
            }
        }
    }

    private bool IsHealthy(string key, V1StatefulSet set, V1Pod pod)
    {
        var available = Facts.IsAvailable(pod, set.Spec.MinReadySeconds ?? 0, Context.Now, out var wait);
        if (wait > TimeSpan.Zero)
        {
            Queue.AddAfter(key, wait);
        }

        return available && !_pods.Pods.Store.IsDoomed(pod);
    }

    private async Task<V1Pod> CreateAsync(V1StatefulSet set, V1ControllerRevision revision, int ordinal, int first, CancellationToken ct)
    {
        var name = $"{set.Metadata.Name}-{ordinal}";
        foreach (var template in set.Spec.VolumeClaimTemplates ?? [])
        {
            await EnsureClaimAsync(set, template, $"{template.Metadata.Name}-{name}", ct);
        }

        var pod = PodControl.FromTemplate(set, Revisions.Template(revision), name);
        pod.Metadata.Labels["statefulset.kubernetes.io/pod-name"] = name;
        pod.Metadata.Labels["apps.kubernetes.io/pod-index"] = (ordinal - first).ToString(CultureInfo.InvariantCulture);
        pod.Metadata.Labels[Revisions.Label] = revision.Metadata.Name;
        pod.Spec.Hostname = name;
        pod.Spec.Subdomain = set.Spec.ServiceName;
        var claimed = (set.Spec.VolumeClaimTemplates ?? []).Select(template => new V1Volume
        {
            Name = template.Metadata.Name,
            PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = $"{template.Metadata.Name}-{name}" },
        }).ToList();
        pod.Spec.Volumes = [.. claimed, .. (pod.Spec.Volumes ?? []).Where(volume => claimed.TrueForAll(claim => claim.Name != volume.Name))];
        return await _pods.CreateAsync(set, pod, ct);
    }

    private async Task EnsureClaimAsync(V1StatefulSet set, V1PersistentVolumeClaim template, string name, CancellationToken ct)
    {
        if (_claims.Store.Find($"{set.Metadata.NamespaceProperty}/{name}") is not null)
        {
            return;
        }

        // Without an owner: a claim outlives its set, as its data must.
        var claim = new V1PersistentVolumeClaim
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = set.Metadata.NamespaceProperty,
                Labels = new Dictionary<string, string>(set.Spec.Selector.MatchLabels ?? new Dictionary<string, string>())
                    .Concat(template.Metadata.Labels ?? new Dictionary<string, string>()).DistinctBy(label => label.Key).ToDictionary(),
                Annotations = template.Metadata.Annotations,
            },
            Spec = Facts.Copy(template.Spec),
        };
        try
        {
            _claims.Store.Observe(await Api.CreateAsync(claim, ct));
            Tell(set, false, "SuccessfulCreate", $"create Claim {name} Pod {name[(template.Metadata.Name.Length + 1)..]} in StatefulSet {set.Metadata.Name} success");
        }
        catch (ClusterApiException failure) when (failure.IsAlreadyExists)
        {
        }
    }

    private async Task WriteStatusAsync(
        V1StatefulSet set, V1ControllerRevision former, V1ControllerRevision current, Dictionary<int, V1Pod> pods, CancellationToken ct)
    {
        var now = Context.Now;
        var alive = pods.Values.Where(_pods.IsActive).ToList();
        var wanted = set.Spec.Replicas ?? 1;
        var status = new V1StatefulSetStatus
        {
            ObservedGeneration = set.Metadata.Generation,
            Replicas = pods.Count,
            ReadyReplicas = alive.Count(Facts.IsReady),
            AvailableReplicas = alive.Count(pod => Facts.IsAvailable(pod, set.Spec.MinReadySeconds ?? 0, now, out _)),
            CurrentReplicas = alive.Count(pod => Revision(pod) == former.Metadata.Name),
            UpdatedReplicas = alive.Count(pod => Revision(pod) == current.Metadata.Name),
            CurrentRevision = former.Metadata.Name,
            UpdateRevision = current.Metadata.Name,
            CollisionCount = set.Status?.CollisionCount ?? 0,
            Conditions = set.Status?.Conditions,
        };
        if (status.UpdatedReplicas == wanted && status.ReadyReplicas == wanted && status.Replicas == wanted)
        {
            status.CurrentRevision = status.UpdateRevision;
            status.CurrentReplicas = status.UpdatedReplicas;
        }

        if (!Facts.Same(Trimmed(set.Status), Trimmed(status)))
        {
            _sets.Store.Observe(await Api.UpdateAsync(set with { Status = status }, ct, "status"));
        }
    }

    private static V1StatefulSetStatus Trimmed(V1StatefulSetStatus? status) => (status ?? new V1StatefulSetStatus()) with
    {
        ReadyReplicas = status?.ReadyReplicas ?? 0,
        AvailableReplicas = status?.AvailableReplicas ?? 0,
        CurrentReplicas = status?.CurrentReplicas ?? 0,
        UpdatedReplicas = status?.UpdatedReplicas ?? 0,
    };

    private static string? Revision(V1Pod pod) =>
        pod.Metadata.Labels is { } labels && labels.TryGetValue(Revisions.Label, out var revision) ? revision : null;

    private static int? Ordinal(V1StatefulSet set, V1Pod pod)
    {
        var prefix = set.Metadata.Name + "-";
        return pod.Metadata.Name.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(pod.Metadata.Name[prefix.Length..], out var ordinal)
            ? ordinal
            : null;
    }
}
