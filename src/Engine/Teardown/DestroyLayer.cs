using Mayfly.Engine.Clouds;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// Destroys one layer of the infrastructure. The last layer of a root takes everything that is still in its state.
/// Looks at: the state; the cluster, where the layer needs it. May change: what the state names, and the state.
/// Proof: the state, pulled again, holds nothing of the layer.
/// </summary>
public sealed class DestroyLayer(
    LayerSettings layer, Blueprint blueprint, TerraformRoots roots, ClusterDoor door, RunLease lease, IObjectStore store, ClusterEnd end)
    : IStage
{
    /// <inheritdoc />
    public string Name => $"{StageNames.Destroy}:{layer.Name}";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        var reporter = new StageReporter(run, Name);
        if (!(await roots.OpenAsync(layer, reporter, ct)).Is(out var terraform, out var failure)
            || !(await terraform.StatePullAsync(ct)).Is(out var state, out failure))
        {
            return new StageResult.Failed(failure);
        }

        var sharing = roots.Sharing(layer);
        var doomed = Doomed(state, layer, sharing);
        if (doomed.Count == 0)
        {
            return new StageResult.Unchanged("nothing of it is in the state");
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new StageResult.Failed(lost);
        }

        if (!(await AbandonAsync(terraform, state, run, ct)).Is(out var abandoned, out failure))
        {
            return new StageResult.Failed(failure);
        }

        if (doomed.All(abandoned.Contains))
        {
            return new StageResult.Changed($"dropped {abandoned.Length} that go with the cluster");
        }

        IReadOnlyList<string> targets = IsLast(layer, sharing) ? [] : [.. doomed.Except(abandoned).Select(Prefix).Distinct()];
        if (!(await terraform.PlanAsync(targets, destroy: true, reporter, ct)).Is(out var plan, out failure))
        {
            roots.Forget(terraform);
            return new StageResult.Failed(failure) { WroteSomething = abandoned.Length > 0 };
        }

        reporter.Plan(plan);
        var applied = await terraform.ApplyAsync(plan, reporter, ct);
        if (plan.Changes.Any(change => change.Type == "aws_eks_cluster"))
        {
            end.Note();
        }

        if (applied.Failure is { } broken)
        {
            return new StageResult.Failed(broken) { WroteSomething = applied.Wrote || abandoned.Length > 0 };
        }

        if (!(await terraform.StatePullAsync(ct)).Is(out var after, out failure))
        {
            return new StageResult.Failed(failure) { WroteSomething = true };
        }

        var rest = Doomed(after, layer, sharing);
        return rest.Count == 0
            ? new StageResult.Changed($"destroyed {doomed.Count}")
            : new StageResult.Failed(StillThere(rest)) { WroteSomething = true };
    }

    /// <summary>Addresses that this layer's destruction has to take. Pure.</summary>
    public static IReadOnlyList<string> Doomed(TerraformState state, LayerSettings layer, IReadOnlyList<LayerSettings> sharing)
    {
        var earlier = sharing.TakeWhile(other => other.Name != layer.Name).SelectMany(other => other.Targets).ToList();
        return [.. state.Managed.Select(instance => instance.Address).Where(address =>
            IsLast(layer, sharing) || (layer.Targets.Count > 0 ? LayerPlans.IsIn(address, layer.Targets) : !LayerPlans.IsIn(address, earlier)))];
    }

    /// <summary>The widest address to aim at: the outermost module, or the resource without its index.</summary>
    public static string Prefix(string address)
    {
        var parts = address.Split('.');
        return parts[0] == "module" && parts.Length > 1 ? $"module.{parts[1].Split('[')[0]}" : address.Split('[')[0];
    }

    // The first layer to be applied is the last to go.
    private static bool IsLast(LayerSettings layer, IReadOnlyList<LayerSettings> sharing) => sharing[0].Name == layer.Name;

    // A cluster that does not answer cannot be asked to delete anything. It is about to be destroyed, and all in it with it.
    private async Task<Outcome<string[]>> AbandonAsync(Terraform terraform, TerraformState state, Run run, CancellationToken ct)
    {
        var inCluster = state.Managed.Where(instance => instance.IsInCluster).Select(instance => instance.Address).ToArray();
        if (inCluster.Length == 0 || (await door.FindAsync(ct) is { } cluster && await cluster.AnswersAsync(ct)))
        {
            return Array.Empty<string>();
        }

        var key = $"{blueprint.StatePrefix}/backups/{terraform.Root.Name}-{state.Serial}-{run.Id}.tfstate";
        await store.PutAsync(key, state.Json, PutCondition.Always, ct);
        if (!(await terraform.StateRemoveAsync(inCluster, ct)).Is(out _, out var failure))
        {
            return failure;
        }

        foreach (var address in inCluster)
        {
            run.Report(new Pruned(Name, address, "its cluster does not answer and is being destroyed"));
        }

        return inCluster;
    }

    private static Failure StillThere(IReadOnlyList<string> rest) => Failure.Of(
        "destroy-incomplete", "aws_delete_dependency", Disposition.RetryAfterWait,
        $"terraform destroyed without an error, and {rest.Count} are still in the state: {string.Join(", ", rest.Take(5))}",
        "Run mayfly down again.");
}
