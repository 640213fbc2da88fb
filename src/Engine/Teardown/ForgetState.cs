using Mayfly.Engine.Failures;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// Drops what the object store holds of an environment that is gone: states, backups, locks. The lease and the journal stay until
/// the run has ended.
/// Looks at: each root's state, and the keys of the environment. May change: those objects. Proof: a last listing.
/// A state that still names something is kept: it is the only list of what to destroy. Where the sweep found nothing of it, terraform
/// is asked once more, and finds out for itself that it is gone.
/// </summary>
public sealed class ForgetState(
    Blueprint blueprint, TerraformRoots roots, SweepEnvironment sweep, RunLease lease, IObjectStore store, IReadOnlySet<string> keep) : IStage
{
    /// <summary>The rule of a state that names things which the sweep has shown to be gone.</summary>
    public const string StaleRule = "state-stale";

    /// <inheritdoc />
    public string Name => StageNames.Forget;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        var reporter = new StageReporter(run, Name);
        foreach (var layer in roots.RootLayers)
        {
            if (!(await roots.OpenAsync(layer, reporter, ct)).Is(out var terraform, out var failure)
                || !(await terraform.StatePullAsync(ct)).Is(out var state, out failure))
            {
                return new StageResult.Failed(failure);
            }

            if (state.Managed.FirstOrDefault() is { } left)
            {
                return new StageResult.Failed(sweep.FoundNothing
                    ? Stale(left.Address, state.Managed.Count())
                    : StillNamed(left.Address, state.Managed.Count()));
            }
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new StageResult.Failed(lost);
        }

        var prefix = blueprint.StatePrefix + "/";
        var erased = await store.EraseAsync(prefix, keep, ct);
        var rest = (await store.ListAsync(prefix, ct)).Where(key => !keep.Contains(key)).ToList();
        return rest.Count > 0 ? new StageResult.Failed(StillNamed(rest[0], rest.Count)) { WroteSomething = true }
            : erased > 0 ? new StageResult.Changed($"dropped what {store.Location} held of it")
            : new StageResult.Unchanged($"{store.Location} holds nothing of it");
    }

    private static Failure Stale(string first, int count) => Failure.Of(
        StaleRule, "aws_delete_dependency", Disposition.RetryAfterRepair,
        $"nothing of it is left, and the state still names {count}, {first} the first", "Run mayfly down again.");

    private static Failure StillNamed(string first, int count) => Failure.Of(
        "state-not-empty", "aws_delete_dependency", Disposition.NeedsHuman,
        $"the state is kept: {count} are still in it, {first} the first", "Run mayfly down again once the cause is mended.");
}
