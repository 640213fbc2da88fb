using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>Keeps as many pods as a ReplicaSet wants.</summary>
public sealed class ReplicaSetController : Controller
{
    private const string Kind = "ReplicaSet";
    private readonly Informer<V1ReplicaSet> _sets;
    private readonly PodControl _pods;

    /// <summary>For one cluster.</summary>
    public ReplicaSetController(ControllerContext context)
        : base(context, "replicaset-controller", workers: 4)
    {
        _pods = new PodControl(context, Name);
        _sets = Watch<V1ReplicaSet>();
        _sets.Store.AddIndex("namespace", set => [set.Metadata.NamespaceProperty]);
        Watch<V1Pod>(pod => Facts.Controller(pod) is null ? Candidates(pod) : PodControl.OwnerKeys(pod, Kind));
    }

    private IEnumerable<string> Candidates(V1Pod orphan) => _sets.Store.List("namespace", orphan.Metadata.NamespaceProperty)
        .Where(set => Facts.Matches(set.Spec.Selector, orphan.Metadata.Labels))
        .Select(set => ObjectStore<V1ReplicaSet>.KeyOf(set.Metadata));

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_sets.Store.Find(key) is not { } set)
        {
            return;
        }

        var pods = await _pods.ClaimAsync(set, set.Spec.Selector, ct);
        var active = pods.Where(_pods.IsActive).ToList();
        ClusterApiException? failure = null;
        if (!_sets.Store.IsDoomed(set))
        {
            try
            {
                await ScaleAsync(set, active, ct);
            }
            catch (ClusterApiException refused)
            {
                failure = refused;
            }
        }

        await WriteStatusAsync(key, set, active, failure, ct);
        if (failure is { IsNamespaceTerminating: false })
        {
            throw failure;
        }
    }

    private async Task ScaleAsync(V1ReplicaSet set, List<V1Pod> active, CancellationToken ct)
    {
        var missing = (set.Spec.Replicas ?? 1) - active.Count;

        // One first, then twice as many each time: what the API refuses, a quota or a webhook, is refused once and not a hundred times.
        for (var batch = 1; missing > 0; batch *= 2)
        {
            var now = Math.Min(batch, missing);
            var created = await Task.WhenAll(Enumerable.Range(0, now).Select(_ => _pods.CreateAsync(set, PodControl.FromTemplate(set, set.Spec.Template), ct)));
            active.AddRange(created);
            missing -= now;
        }

        if (missing < 0)
        {
            var victims = active.OrderBy(Worth).ThenByDescending(pod => pod.Metadata.CreationTimestamp).Take(-missing).ToList();
            await Task.WhenAll(victims.Select(pod => _pods.DeleteAsync(set, pod, ct)));
            active.RemoveAll(victims.Contains);
        }
    }

    // The pod whose loss is felt least goes first.
    private static int Worth(V1Pod pod) =>
        string.IsNullOrEmpty(pod.Spec.NodeName) ? 0 : pod.Status?.Phase != "Running" ? 1 : Facts.IsReady(pod) ? 3 : 2;

    private async Task WriteStatusAsync(string key, V1ReplicaSet set, List<V1Pod> active, ClusterApiException? failure, CancellationToken ct)
    {
        var now = Context.Now;
        var available = 0;
        foreach (var pod in active)
        {
            if (Facts.IsAvailable(pod, set.Spec.MinReadySeconds ?? 0, now, out var wait))
            {
                available++;
            }
            else if (wait > TimeSpan.Zero)
            {
                Queue.AddAfter(key, wait);
            }
        }

        var conditions = (set.Status?.Conditions ?? []).Where(condition => condition.Type != "ReplicaFailure").ToList();
        if (failure is not null)
        {
            var known = set.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "ReplicaFailure");
            conditions.Add(new V1ReplicaSetCondition
            {
                Type = "ReplicaFailure",
                Status = "True",
                Reason = "FailedCreate",
                Message = failure.Message,
                LastTransitionTime = known?.LastTransitionTime ?? now,
            });
        }

        var status = new V1ReplicaSetStatus
        {
            Replicas = active.Count,
            FullyLabeledReplicas = active.Count(pod => Facts.Matches(set.Spec.Template.Metadata?.Labels ?? new Dictionary<string, string>(), pod.Metadata.Labels)),
            ReadyReplicas = active.Count(Facts.IsReady),
            AvailableReplicas = available,
            ObservedGeneration = set.Metadata.Generation,
            Conditions = conditions.Count == 0 ? null : conditions,
            TerminatingReplicas = set.Status?.TerminatingReplicas,
        };
        if (!Facts.Same(Trimmed(set.Status), Trimmed(status)))
        {
            _sets.Store.Observe(await Api.UpdateAsync(set with { Status = status }, ct, "status"));
        }
    }

    // A server may leave zeros out or write them; both say the same.
    private static V1ReplicaSetStatus Trimmed(V1ReplicaSetStatus? status) => (status ?? new V1ReplicaSetStatus()) with
    {
        FullyLabeledReplicas = status?.FullyLabeledReplicas ?? 0,
        ReadyReplicas = status?.ReadyReplicas ?? 0,
        AvailableReplicas = status?.AvailableReplicas ?? 0,
        Conditions = status?.Conditions is { Count: > 0 } conditions ? conditions : null,
    };
}
