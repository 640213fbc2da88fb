using Mayfly.Engine.Clouds;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Applies one layer of the infrastructure.
/// Looks at: the layer's plan; the cluster's API where the layer needs it. May change: whatever the plan says, and the state.
/// Proof: terraform's own: it ends only when each resource is as planned; a layer after it, or the next run, plans again.
/// </summary>
public sealed class ApplyLayer(LayerSettings layer, TerraformRoots roots, LayerPlans plans, ClusterDoor door, RunLease lease) : IStage
{
    /// <inheritdoc />
    public string Name => $"{StageNames.Apply}:{layer.Name}";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        var reporter = new StageReporter(run, Name);
        if (layer.NeedsCluster && await UnreachableAsync(ct) is { } unreachable)
        {
            return new StageResult.Failed(unreachable);
        }

        if (!(await plans.ForAsync(layer, reporter, ct)).Is(out var plan, out var failure))
        {
            return new StageResult.Failed(failure);
        }

        if (plan.IsEmpty)
        {
            return new StageResult.Unchanged("nothing to apply");
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new StageResult.Failed(lost);
        }

        if (!(await roots.OpenAsync(layer, reporter, ct)).Is(out var terraform, out failure))
        {
            return new StageResult.Failed(failure);
        }

        reporter.Plan(plan);
        var applied = await ApplyAsync(terraform, plan, reporter, ct);
        plans.NoteExisting(applied.Existing);
        return applied.Failure is { } broken
            ? new StageResult.Failed(broken) { WroteSomething = applied.Wrote }
            : new StageResult.Changed(Describe(plan));
    }

    private async Task<ApplyResult> ApplyAsync(Terraform terraform, Plan plan, StageReporter reporter, CancellationToken ct)
    {
        try
        {
            return await terraform.ApplyAsync(plan, reporter, ct);
        }
        finally
        {
            // Whatever came of it, what was planned is void, and an import is done once.
            plans.Forget(layer, terraform);
            terraform.Root.WriteImports(null);
        }
    }

    private async Task<Failure?> UnreachableAsync(CancellationToken ct)
    {
        if (!(await door.OpenAsync(ct)).Is(out var cluster, out var missing))
        {
            return missing;
        }

        return await cluster.AnswersAsync(ct) ? null : Failure.Of(
            "cluster-silent", "k8s_api_unreachable", Disposition.RetryAfterWait,
            $"the API of cluster {cluster.Facts.Name} does not answer at {cluster.Facts.Endpoint}",
            "Check that this machine may reach the cluster's API.");
    }

    /// <summary>What a plan does, in words: <c>3 create, 1 update</c>.</summary>
    public static string Describe(Plan plan)
    {
        var verbs = plan.Changes.Where(change => !change.IsRead).GroupBy(change => change.Verb).Select(group => $"{group.Count()} {group.Key}").ToList();
        return verbs.Count > 0 ? string.Join(", ", verbs) : "outputs";
    }
}
