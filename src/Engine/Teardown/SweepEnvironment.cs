using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// Finds and removes what terraform did not: what controllers made, what AWS made by itself, what a lost state no longer names.
/// Looks at: the account and the zone, by tag and by name. May change: whatever belongs to this environment, which it removes.
/// Proof: a last look, everywhere, that finds nothing; what it looked at is listed.
/// </summary>
public sealed class SweepEnvironment(Blueprint blueprint, Sweep sweep, RunLease lease, ClusterEnd end, TimeProvider clock) : IStage
{
    // Interfaces and addresses go some time after what held them; a cluster takes minutes to die.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // While a control plane's last words may come, looking more often than this only costs requests.
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(15);

    // Without progress this often there is no use in going on.
    private const int MaxIdleRounds = 10;

    /// <inheritdoc />
    public string Name => StageNames.Sweep;

    /// <summary>True once its last look, everywhere, found nothing.</summary>
    public bool FoundNothing { get; private set; }

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        FoundNothing = false;
        var ownership = Ownership.Of(blueprint.Configuration.Project, blueprint.Environment.Id);
        var started = clock.GetTimestamp();
        var removed = new HashSet<Leftover>();
        IReadOnlyList<Failure> failures = [];
        for (var idle = 0; ;)
        {
            var settling = end.Remaining;
            var seen = await sweep.FindAsync(ownership, ct);
            if (seen.IsClean && settling > TimeSpan.Zero)
            {
                await Task.Delay(settling < LongPause ? settling : LongPause, clock, ct);
                continue;
            }

            if (seen.IsClean)
            {
                FoundNothing = true;
                run.Report(new Noticed(Name, $"looked at {string.Join("; ", sweep.Looks)}: nothing is left"));
                return removed.Count > 0
                    ? new StageResult.Changed($"removed {removed.Count}, nothing is left")
                    : new StageResult.Unchanged("nothing is left");
            }

            if (idle > MaxIdleRounds || clock.GetElapsedTime(started) > Patience)
            {
                return new StageResult.Failed(Left(seen, failures)) { WroteSomething = removed.Count > 0 };
            }

            var before = removed.Count;
            failures = await Sweep.RemoveAsync(seen, leftover => OnRemoved(leftover, removed, run), lease.EnsureHeldAsync, ct);
            if (failures.FirstOrDefault(failure => failure.Rule is LeaseFailures.HeldRule or LeaseFailures.LostRule) is { } lost)
            {
                return new StageResult.Failed(lost) { WroteSomething = removed.Count > 0 };
            }

            idle = removed.Count > before ? 0 : idle + 1;
            await Task.Delay(Pause, clock, ct);
        }
    }

    private void OnRemoved(Leftover leftover, HashSet<Leftover> removed, Run run)
    {
        if (leftover.Kind == ClusterLeftovers.ClusterKind)
        {
            end.Note();
        }

        if (removed.Add(leftover))
        {
            run.Report(new Noticed(Name, $"removed {leftover}"));
        }
    }

    private static Failure Left(SweepResult seen, IReadOnlyList<Failure> failures)
    {
        var what = seen.Leftovers.Select(leftover => leftover.ToString()).Concat(seen.Doubts.Select(doubt => doubt.Summary)).ToList();
        return Failure.Of("left-behind", "aws_delete_dependency", Disposition.NeedsHuman,
            $"{what.Count} things are left: {string.Join("; ", what.Take(5))}{(what.Count > 5 ? "; …" : "")}",
            "Remove what is listed, or run mayfly down again.") with
        {
            Tool = "aws",
            Evidence = [.. what, .. failures.Select(failure => failure.Summary)],
        };
    }
}
