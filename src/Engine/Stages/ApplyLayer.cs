using Mayfly.Engine.Clouds;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Applies one layer of the infrastructure.
/// Looks at: the layer's plan; the cluster's API where the layer needs it. May change: whatever the plan says, and the state. What
/// would be replaced only for a value that is not known yet (a cluster, because its role is gone) is planned again once that is made.
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

        var made = "";
        if (plan.MadeFirst is { Count: > 0 } first)
        {
            (made, var step) = await MakeAsync(first, terraform, reporter, ct);
            if (step.Failure is { } unmade)
            {
                return new StageResult.Failed(unmade) { WroteSomething = step.Wrote };
            }

            if (!(await plans.ForAsync(layer, reporter, ct)).Is(out plan, out failure))
            {
                return new StageResult.Failed(failure) { WroteSomething = step.Wrote };
            }

            if (plan.IsEmpty)
            {
                return new StageResult.Changed(made);
            }
        }

        reporter.Plan(plan);
        var applied = await ApplyAsync(terraform, plan, reporter, ct);
        plans.NoteExisting(applied.Existing);
        return applied.Failure is { } broken
            ? new StageResult.Failed(broken) { WroteSomething = applied.Wrote }
            : new StageResult.Changed(made.Length > 0 ? $"{made}, then {Describe(plan)}" : Describe(plan));
    }

    // Nothing that exists is destroyed for it: then it is no step of its own, and the whole plan stands. What a later plan imports stays.
    private async Task<(string Made, ApplyResult Result)> MakeAsync(IReadOnlyList<string> addresses, Terraform terraform, StageReporter reporter, CancellationToken ct)
    {
        if (!(await terraform.PlanAsync(addresses, destroy: false, reporter, ct)).Is(out var step, out var failure))
        {
            return ("", new ApplyResult(failure, Wrote: false));
        }

        if (step.IsEmpty || step.Destroys)
        {
            if (step.File is { } file)
            {
                terraform.Root.Discard(file);
            }

            return ("", new ApplyResult(null, Wrote: false));
        }

        reporter.Notice($"something would be replaced only because {string.Join(", ", addresses)} is to be made; making that first");
        reporter.Plan(step);
        var applied = await terraform.ApplyAsync(step, reporter, ct);
        plans.Forget(layer, terraform);
        plans.NoteExisting(applied.Existing);
        return (Describe(step), applied);
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
