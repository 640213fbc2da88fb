using k8s;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>Takes finalizers off whose controller is gone, after what they guard; has one that is there and does not work repaired.</summary>
/// <param name="balancers">What finalizers of the load balancer controller guard.</param>
/// <param name="repair">Repairs controllers; null: the cluster is about to go, so nothing is repaired.</param>
public sealed class FinalizerRelease(StackBalancers balancers, ControllerRepair? repair)
{
    private const string GroupAnnotation = "alb.ingress.kubernetes.io/group.name";
    private readonly HashSet<string> _repaired = new(StringComparer.Ordinal);

    /// <summary>What may be done about a finalizer.</summary>
    public FinalizerVerdict Judge(string finalizer, Controllers controllers) =>
        FinalizerVerdict.Of(finalizer, FinalizerRules.Find(finalizer) is { } rule ? controllers.Named(rule.Controller) : [], clusterGoes: repair is null);

    /// <summary>Does what is safe; how much was changed.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="all">What hangs.</param>
    /// <param name="reporter">Where it is told.</param>
    /// <param name="told">What was told already.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<int> RunAsync(Cluster cluster, IReadOnlyList<StuckObject> all, StageReporter reporter, HashSet<string> told, CancellationToken ct)
    {
        if (all.Count == 0)
        {
            return 0;
        }

        var controllers = await Controllers.LookAsync(cluster, ct);
        var objects = new StuckObjects(cluster);
        var changed = 0;
        foreach (var stuck in all)
        {
            foreach (var finalizer in stuck.Metadata.Finalizers ?? [])
            {
                switch (Judge(finalizer, controllers))
                {
                    case FinalizerVerdict.TakeOff(var rule):
                        var guarded = rule.GuardsLoadBalancer && !await IsSharedAsync(cluster, stuck, finalizer, ct)
                            ? await balancers.RemoveAsync(StackBalancers.StackOf(stuck.Metadata, finalizer), ct) : [];
                        if (await objects.StripAsync(stuck, finalizer, ct))
                        {
                            reporter.Remedy(stuck.ToString(), $"took finalizer {finalizer} off: its controller {rule.Controller} is gone"
                                + $"{(guarded.Count > 0 ? $", and removed {string.Join(", ", guarded)} first" : "")}; what is lost: {rule.Lost}");
                            changed++;
                        }

                        break;
                    case FinalizerVerdict.Repair(var workload, var why) when repair is not null && _repaired.Add(workload.ToString()):
                        var sight = new ControllerSight(new ServiceName(workload.Namespace, workload.Name), true, false, 0, [workload], [], null);
                        if (await repair.TryAsync(cluster, sight, null, reporter, ct) is { } done)
                        {
                            reporter.Remedy(workload.ToString(), $"{done}: {why}");
                            changed++;
                        }

                        break;
                    case FinalizerVerdict.Unsafe(var why, _) when told.Add($"{stuck} {finalizer}"):
                        reporter.Notice($"{stuck} hangs: {why}");
                        break;
                }
            }
        }

        return changed;
    }

    // A group's load balancer serves all Ingresses of the group, those that stay too.
    private static async Task<bool> IsSharedAsync(Cluster cluster, StuckObject stuck, string finalizer, CancellationToken ct)
    {
        if (!finalizer.StartsWith("group.ingress.k8s.aws/", StringComparison.Ordinal))
        {
            return false;
        }

        var group = StackBalancers.StackOf(stuck.Metadata, finalizer);
        return (await cluster.Api.NetworkingV1.ListIngressForAllNamespacesAsync(cancellationToken: ct)).Items.Any(ingress =>
            ingress.Metadata.DeletionTimestamp is null
            && ((ingress.Metadata.Annotations?.TryGetValue(GroupAnnotation, out var name) == true && name == group) || ingress.Metadata.Finalizers?.Contains(finalizer) == true));
    }
}
