using Mayfly.Engine.Events;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// Frees the network of what dead controllers left in it, before terraform tries to take it away: else it waits many minutes for
/// each subnet, group and gateway that something stands on, and fails.
/// Looks at: the environment's load balancers, and what they leave in its network. May change: those, which it removes; their
/// controller is gone by now. Proof: a last look finds none. What resists is left to terraform and to the sweep.
/// </summary>
/// <param name="name">The stage's name in its loop.</param>
/// <param name="blueprint">Whose network.</param>
/// <param name="remains">What to look for.</param>
/// <param name="lease">Asked before each write.</param>
/// <param name="clock">Waits.</param>
/// <param name="controlled">Tells why nothing is to be done: somebody takes it back; null: nobody can.</param>
public sealed class ReleaseNetwork(
    string name, Blueprint blueprint, Sweep remains, RunLease lease, TimeProvider clock, Func<CancellationToken, Task<string?>>? controlled = null) : IStage
{
    // An interface goes a few minutes after its load balancer.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        if (controlled is not null && await controlled(ct) is { } why)
        {
            return new StageResult.Unchanged(why);
        }

        var ownership = Ownership.Of(blueprint.Configuration.Project, blueprint.Environment.Id);
        var started = clock.GetTimestamp();
        var removed = new HashSet<Leftover>();
        while (true)
        {
            var seen = await remains.FindAsync(ownership, ct);
            if (seen.Found.Count == 0)
            {
                return seen.Doubts.Count > 0 ? new StageResult.Failed(seen.Doubts[0]) { WroteSomething = removed.Count > 0 }
                    : removed.Count > 0 ? new StageResult.Changed($"removed {removed.Count} that controllers had left")
                    : new StageResult.Unchanged("controllers left nothing in the network");
            }

            if (clock.GetElapsedTime(started) > Patience)
            {
                run.Report(new Noticed(Name, $"left to the sweep: {string.Join("; ", seen.Leftovers)}"));
                return new StageResult.Changed($"removed {removed.Count}, {seen.Found.Count} resist");
            }

            var failures = await Sweep.RemoveAsync(seen, leftover => OnRemoved(leftover, removed, run), lease.EnsureHeldAsync, ct);
            if (failures.FirstOrDefault(failure => failure.Rule is LeaseFailures.HeldRule or LeaseFailures.LostRule) is { } lost)
            {
                return new StageResult.Failed(lost) { WroteSomething = removed.Count > 0 };
            }

            await Task.Delay(Pause, clock, ct);
        }
    }

    private void OnRemoved(Leftover leftover, HashSet<Leftover> removed, Run run)
    {
        if (removed.Add(leftover))
        {
            run.Report(new Noticed(Name, $"removed {leftover}"));
        }
    }
}
