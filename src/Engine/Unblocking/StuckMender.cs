using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>
/// Objects and namespaces that are to go and hang. A finalizer whose controller is gone is taken off, after what it guards; a
/// namespace is waited for as long as something in it moves. What is not safe is explained, and stops the run when it keeps a
/// namespace that the environment needs.
/// </summary>
/// <param name="blueprint">Which namespaces the environment needs.</param>
/// <param name="layers">Which others Terraform works in.</param>
/// <param name="release">Takes finalizers off.</param>
/// <param name="lease">Asked before each write.</param>
/// <param name="clock">Waits.</param>
public sealed class StuckMender(Blueprint blueprint, ClusterLayers layers, FinalizerRelease release, RunLease lease, TimeProvider clock) : IMender
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public async Task<IReadOnlyList<Obstacle>> FindAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        var sight = await StuckSight.LookAsync(cluster, ct);
        var controllers = sight.IsClear ? null : await Controllers.LookAsync(cluster, ct);
        return
        [
            .. sight.Stuck.SelectMany(stuck => (stuck.Metadata.Finalizers ?? []).Select(finalizer => release.Judge(finalizer, controllers!) switch
            {
                FinalizerVerdict.TakeOff(var rule) => new Obstacle(
                    stuck.ToString(), $"finalizer {finalizer} holds it and its controller {rule.Controller} is gone",
                    rule.GuardsLoadBalancer ? "remove its load balancer and take the finalizer off" : "take the finalizer off"),
                FinalizerVerdict.Repair(var workload, var why) => new Obstacle(stuck.ToString(), why, $"repair {workload}"),
                FinalizerVerdict.Unsafe(var why, _) => new Obstacle(stuck.ToString(), why, "leave it to a person"),
                FinalizerVerdict.Wait(var why) => new Obstacle(stuck.ToString(), why, "wait for it"),
                _ => throw new InvalidOperationException(),
            })),
            .. sight.Ending.Select(item => new Obstacle($"namespace {item.Metadata.Name}", string.Join("; ", NamespaceHold.Reasons(item).DefaultIfEmpty("it is being deleted")), "wait for its end as long as something moves")),
            .. sight.Broken.Select(broken => new Obstacle(broken.ToString(), broken.Why, broken.IsOrphan ? "remove it" : "leave it to a person")),
        ];
    }

    /// <inheritdoc />
    public async Task<Mending> MendAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        var patience = blueprint.Configuration.Budget.Progress;
        var (mended, since, before) = (0, clock.GetTimestamp(), "");
        var told = new HashSet<string>(StringComparer.Ordinal);
        HashSet<string>? needed = null;
        while (true)
        {
            var sight = await StuckSight.LookAsync(cluster, ct);
            if (sight.IsClear)
            {
                return new Mending(mended);
            }

            if (await lease.EnsureHeldAsync(ct) is { } lost)
            {
                return new Mending(mended, lost);
            }

            var acted = await release.RunAsync(cluster, sight.Stuck, reporter, told, ct) + await RemoveOrphansAsync(cluster, sight, reporter, ct);
            mended += acted;
            if (needed is null && !(await NeededAsync(reporter, ct)).Is(out needed, out var failure))
            {
                return new Mending(mended, failure);
            }

            var kept = sight.Ending.Where(item => needed.Contains(item.Metadata.Name)).ToList();
            if (acted == 0 && kept.Count == 0)
            {
                foreach (var item in sight.Ending)
                {
                    reporter.Notice($"namespace {item.Metadata.Name} does not end, and the environment does not need it: {string.Join("; ", NamespaceHold.Reasons(item))}");
                }

                return new Mending(mended);
            }

            if (acted > 0 || sight.Fingerprint != before)
            {
                (before, since) = (sight.Fingerprint, clock.GetTimestamp());
                kept.ForEach(item => reporter.Notice($"waiting for namespace {item.Metadata.Name} to end: {string.Join("; ", NamespaceHold.Reasons(item).DefaultIfEmpty("it is being deleted"))}"));
            }
            else if (clock.GetElapsedTime(since) > patience)
            {
                return new Mending(mended, sight.Explain(kept, release, await Controllers.LookAsync(cluster, ct)));
            }

            await Task.Delay(Pause, clock, ct);
        }
    }

    private async Task<int> RemoveOrphansAsync(Cluster cluster, StuckSight sight, StageReporter reporter, CancellationToken ct)
    {
        var removed = 0;
        foreach (var broken in sight.Broken.Where(broken => broken.IsOrphan))
        {
            await Cluster.FindAsync(() => cluster.Api.ApiregistrationV1.DeleteAPIServiceAsync(broken.Name, cancellationToken: ct));
            reporter.Remedy(broken.ToString(), $"removed: {broken.Why}, and no namespace can end while it is asked");
            removed++;
        }

        return removed;
    }

    private async Task<Outcome<HashSet<string>>> NeededAsync(StageReporter reporter, CancellationToken ct)
    {
        if (!(await layers.NamespacesAsync(reporter, ct)).Is(out var needed, out var failure))
        {
            return failure;
        }

        needed.Add(blueprint.Namespace);
        return needed;
    }
}
