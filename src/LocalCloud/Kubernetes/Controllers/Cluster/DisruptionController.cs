using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Cluster;

/// <summary>Says for each PodDisruptionBudget how many of its pods may be missing now.</summary>
public sealed class DisruptionController : Controller
{
    private readonly Informer<V1PodDisruptionBudget> _budgets;
    private readonly Informer<V1Pod> _pods;

    /// <summary>For one cluster.</summary>
    public DisruptionController(ControllerContext context)
        : base(context, "disruption-controller", workers: 1)
    {
        _budgets = Watch<V1PodDisruptionBudget>();
        _budgets.Store.AddIndex("namespace", budget => [budget.Metadata.NamespaceProperty]);
        _pods = Watch<V1Pod>(pod => _budgets.Store.List("namespace", pod.Metadata.NamespaceProperty)
            .Where(budget => Facts.Matches(budget.Spec.Selector, pod.Metadata.Labels))
            .Select(budget => ObjectStore<V1PodDisruptionBudget>.KeyOf(budget.Metadata)));
        _pods.Store.AddIndex("namespace", pod => [pod.Metadata.NamespaceProperty]);
    }

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_budgets.Store.Find(key) is not { } budget || _budgets.Store.IsDoomed(budget))
        {
            return;
        }

        var pods = _pods.Store.List("namespace", budget.Metadata.NamespaceProperty)
            .Where(pod => Facts.Matches(budget.Spec.Selector, pod.Metadata.Labels) && !Facts.IsFinished(pod) && !_pods.Store.IsDoomed(pod))
            .ToList();
        var healthy = pods.Count(Facts.IsReady);
        var desired = budget.Spec.MaxUnavailable is { } maximum
            ? Math.Max(0, pods.Count - Facts.Scaled(maximum, pods.Count, up: true, "0"))
            : Facts.Scaled(budget.Spec.MinAvailable, pods.Count, up: true, "0");
        var allowed = pods.Count == 0 ? 0 : Math.Max(0, healthy - desired);
        var before = budget.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "DisruptionAllowed");
        var text = allowed > 0 ? "True" : "False";
        var status = new V1PodDisruptionBudgetStatus
        {
            CurrentHealthy = healthy,
            DesiredHealthy = desired,
            DisruptionsAllowed = allowed,
            ExpectedPods = pods.Count,
            ObservedGeneration = budget.Metadata.Generation,
            Conditions =
            [
                new V1Condition
                {
                    Type = "DisruptionAllowed",
                    Status = text,
                    Reason = allowed > 0 ? "SufficientPods" : "InsufficientPods",
                    Message = "",
                    ObservedGeneration = budget.Metadata.Generation,
                    LastTransitionTime = before?.Status == text ? before.LastTransitionTime : Context.Now,
                },
            ],
        };
        if (!Facts.Same(budget.Status, status))
        {
            _budgets.Store.Observe(await Api.UpdateAsync(budget with { Status = status }, ct, "status"));
        }
    }
}
