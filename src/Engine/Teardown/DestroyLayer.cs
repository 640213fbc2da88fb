using Mayfly.Engine.Clouds;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;
using Mayfly.Engine.Unblocking;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// Destroys one layer of the infrastructure. The last layer of a root takes everything that is still in its state.
/// Looks at: the state; the cluster, where the layer needs it. May change: what the state names, and the state.
/// Proof: the state, pulled again, holds nothing of the layer.
/// </summary>
public sealed class DestroyLayer(
    LayerSettings layer, Blueprint blueprint, TerraformRoots roots, ClusterDoor door, StuckWatch watch, RunLease lease, IObjectStore store, ClusterEnd end)
    : IStage
{
    private const string ClusterType = "aws_eks_cluster";

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

        if (!(await AbandonAsync(terraform, state, doomed, run, ct)).Is(out var abandoned, out failure))
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
        var applied = await ApplyAsync(terraform, plan, state.Managed.Any(instance => instance.IsInCluster && !abandoned.Contains(instance.Address)), reporter, ct);
        if (plan.Changes.Any(change => change.Type == ClusterType))
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

    // A namespace that does not end is waited for no longer than it may be of use: terraform is interrupted then, as by Ctrl-C.
    private async Task<ApplyResult> ApplyAsync(Terraform terraform, Plan plan, bool isInCluster, StageReporter reporter, CancellationToken ct)
    {
        if (!isInCluster || await door.FindAsync(ct) is not { } cluster)
        {
            return await terraform.ApplyAsync(plan, reporter, ct);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(ct);
        async Task<Failure?> LookOnAsync()
        {
            var found = await watch.WatchAsync(cluster, reporter, ended.Token);
            if (found is not null)
            {
                await held.CancelAsync();
            }

            return found;
        }

        var looking = LookOnAsync();
        try
        {
            return await terraform.ApplyAsync(plan, reporter, held.Token);
        }
        catch (OperationCanceledException) when (held.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new ApplyResult(await looking, Wrote: true);
        }
        finally
        {
            await ended.CancelAsync();
            await looking;
        }
    }

    // The first layer to be applied is the last to go.
    private static bool IsLast(LayerSettings layer, IReadOnlyList<LayerSettings> sharing) => sharing[0].Name == layer.Name;

    // A cluster that does not answer cannot be asked to delete anything, and what is held in one for good need not be waited for by the
    // layer that takes the cluster: all in it goes with it.
    private async Task<Outcome<string[]>> AbandonAsync(
        Terraform terraform, TerraformState state, IReadOnlyList<string> doomed, Run run, CancellationToken ct)
    {
        var inCluster = state.Managed.Where(instance => instance.IsInCluster).Select(instance => instance.Address).ToArray();
        var takesCluster = state.Managed.Any(instance => instance.Type == ClusterType && doomed.Contains(instance.Address));
        var why = watch.HasGivenUp && takesCluster ? "what holds its namespace does not let go, and its cluster is being destroyed"
            : await door.FindAsync(ct) is { } cluster && await cluster.AnswersAsync(ct) ? null
            : "its cluster does not answer and is being destroyed";
        if (inCluster.Length == 0 || why is null)
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
            run.Report(new Pruned(Name, address, why));
        }

        return inCluster;
    }

    private static Failure StillThere(IReadOnlyList<string> rest) => Failure.Of(
        "destroy-incomplete", "aws_delete_dependency", Disposition.RetryAfterWait,
        $"terraform destroyed without an error, and {rest.Count} are still in the state: {string.Join(", ", rest.Take(5))}",
        "Run mayfly down again.");
}
