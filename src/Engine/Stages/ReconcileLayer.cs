using Mayfly.Engine.Adoption;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Finds real things of this environment that the state does not know, and has the next plan import them.
/// Looks at: the layer's plan, and in AWS at everything it would create. May change: the plan, which gets import
/// blocks (the apply that follows takes them into the state); a secret in its recovery window, which is restored. Proof: the new plan imports each of them instead of creating it.
/// </summary>
public sealed class ReconcileLayer(LayerSettings layer, TerraformRoots roots, LayerPlans plans, IOrphanFinder orphans, RunLease lease) : IStage
{
    /// <inheritdoc />
    public string Name => $"{StageNames.Reconcile}:{layer.Name}";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        var reporter = new StageReporter(run, Name);
        if (!(await plans.ForAsync(layer, reporter, ct)).Is(out var plan, out var failure))
        {
            return new StageResult.Failed(failure);
        }

        var found = await orphans.FindAsync(plan, ct);
        if (AdoptionFailures.Of(found) is { } doubtful)
        {
            return new StageResult.Failed(doubtful);
        }

        if (found.Orphans.Count == 0)
        {
            return new StageResult.Unchanged("everything that exists is in the state");
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new StageResult.Failed(lost);
        }

        if (!(await roots.OpenAsync(layer, reporter, ct)).Is(out var terraform, out failure))
        {
            return new StageResult.Failed(failure);
        }

        foreach (var secret in found.Orphans.Select(orphan => orphan.RestoreSecret).OfType<string>())
        {
            await orphans.RestoreSecretAsync(secret, ct);
        }

        plans.Forget(layer, terraform);
        terraform.Root.WriteImports(ImportBlocks.Write(found.Orphans));
        if (!(await plans.ForAsync(layer, reporter, ct)).Is(out _, out failure))
        {
            return new StageResult.Failed(failure);
        }

        foreach (var orphan in found.Orphans)
        {
            run.Report(new Adopted(Name, orphan.Address, orphan.ImportId));
        }

        return new StageResult.Changed($"{found.Orphans.Count} to adopt");
    }
}
