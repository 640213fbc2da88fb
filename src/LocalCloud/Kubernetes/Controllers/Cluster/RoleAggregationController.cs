using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Cluster;

/// <summary>Makes the rules of aggregated cluster roles of those that their selectors choose.</summary>
public sealed class RoleAggregationController : Controller
{
    private readonly Informer<V1ClusterRole> _roles;

    /// <summary>For one cluster.</summary>
    public RoleAggregationController(ControllerContext context)
        : base(context, "clusterrole-aggregation-controller", workers: 1)
    {
        _roles = Watch<V1ClusterRole>();
        _roles.Store.AddIndex("aggregated", role => role.AggregationRule is null ? [] : ["yes"]);
        Watch<V1ClusterRole>(role => _roles.Store.List("aggregated", "yes").Where(whole => Takes(whole, role)).Select(whole => whole.Metadata.Name));
    }

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_roles.Store.Find(key) is not { AggregationRule: not null, Metadata.DeletionTimestamp: null } whole)
        {
            return;
        }

        var rules = new List<V1PolicyRule>();
        foreach (var rule in _roles.Store.List()
            .Where(role => role.Metadata.Name != key && Takes(whole, role))
            .OrderBy(role => role.Metadata.Name, StringComparer.Ordinal)
            .SelectMany(role => role.Rules ?? []))
        {
            if (!rules.Exists(known => Facts.Same(known, rule)))
            {
                rules.Add(rule);
            }
        }

        if (!Facts.Same(whole.Rules ?? [], rules))
        {
            _roles.Store.Observe(await Api.UpdateAsync(whole with { Rules = rules }, ct));
        }
    }

    private static bool Takes(V1ClusterRole whole, V1ClusterRole part) =>
        whole.AggregationRule?.ClusterRoleSelectors?.Any(selector => Facts.Matches(selector, part.Metadata.Labels)) == true;
}
