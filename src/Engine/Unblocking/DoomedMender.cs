using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Teardown;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>
/// For a cluster that is about to be removed: what only a controller could let go of, while that controller does not work, would make
/// the removal hang. Such objects go now, their finalizers with them, and what the controller made in AWS is removed in its place.
/// </summary>
/// <param name="release">Takes finalizers off.</param>
/// <param name="sweeps">What controllers make in AWS, by the controller's name.</param>
/// <param name="ownership">Whose that has to be.</param>
/// <param name="lease">Asked before each write.</param>
/// <param name="clock">Waits.</param>
public sealed class DoomedMender(
    FinalizerRelease release, IReadOnlyDictionary<string, Sweep> sweeps, Ownership ownership, RunLease lease, TimeProvider clock) : IMender
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1), Pause = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public Task<IReadOnlyList<Obstacle>> FindAsync(Cluster cluster, StageReporter reporter, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Obstacle>>([]);

    /// <inheritdoc />
    public async Task<Mending> MendAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        var controllers = await Controllers.LookAsync(cluster, ct);
        bool IsDead(string controller) => !controllers.Named(controller).Any(workload => workload is { Desired: > 0, Ready: > 0 });
        var objects = new StuckObjects(cluster);
        var mended = 0;
        foreach (var rule in FinalizerRules.BuiltIn.Where(rule => !rule.IsBuiltIn && IsDead(rule.Controller)))
        {
            var bearing = await objects.BearingAsync(rule, ct);
            if (bearing.Count == 0)
            {
                continue;
            }

            if (await lease.EnsureHeldAsync(ct) is { } lost)
            {
                return new Mending(mended, lost);
            }

            foreach (var stuck in bearing.Where(stuck => stuck.Metadata.DeletionTimestamp is null))
            {
                await objects.DeleteAsync(stuck, ct);
            }

            mended += await release.RunAsync(cluster, bearing, reporter, new HashSet<string>(StringComparer.Ordinal), ct);
        }

        foreach (var (controller, sweep) in sweeps.Where(entry => IsDead(entry.Key)))
        {
            mended += await SweepAsync(controller, sweep, reporter, ct);
        }

        return new Mending(mended);
    }

    // What a load balancer leaves behind is held by its interfaces for a few seconds. What resists for longer is met again by the
    // sweep at the end, which says what is left.
    private async Task<int> SweepAsync(string controller, Sweep sweep, StageReporter reporter, CancellationToken ct)
    {
        var (removed, started) = (0, clock.GetTimestamp());
        while (true)
        {
            var found = await sweep.FindAsync(ownership, ct);
            var failures = await Sweep.RemoveAsync(
                found, leftover => reporter.Remedy(leftover.ToString(), $"removed, since {controller} does not work and cannot do it"), lease.EnsureHeldAsync, ct);
            removed += found.Found.Count - Math.Min(failures.Count, found.Found.Count);
            if (failures.Count == 0 || clock.GetElapsedTime(started) > Patience)
            {
                return removed;
            }

            await Task.Delay(Pause, clock, ct);
        }
    }
}
