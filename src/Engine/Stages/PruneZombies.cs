using k8s;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;
using Mayfly.Engine.Unblocking;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Drops state entries whose real thing is gone and which would make the next plan fail: what lives in a cluster that no longer
/// exists, is another incarnation of the same name, or has lost the namespace.
/// Looks at: each root's state, the cluster in AWS, its namespaces. May change: the Terraform state, after a backup, in one write; an
/// access entry of the run's own, where another principal made the cluster and nothing could be asked of it.
/// Proof: the state pulled again holds none of them. Nothing is dropped on a doubt: a look that fails is a failure.
/// </summary>
public sealed partial class PruneZombies(
    Blueprint blueprint, TerraformRoots roots, ClusterDoor door, AccessMender access, StateLocks locks, RunLease lease, IObjectStore store)
    : IStage
{
    private const int AtOnce = 8;

    private bool _wrote;
    private bool _entered;

    /// <inheritdoc />
    public string Name => StageNames.Prune;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        (_wrote, _entered) = (false, false);
        var pruned = 0;
        foreach (var layer in roots.RootLayers)
        {
            var result = await PruneAsync(layer, run, ct);
            if (!result.Is(out var count, out var failure))
            {
                return new StageResult.Failed(failure) { WroteSomething = pruned > 0 || _wrote || _entered };
            }

            pruned += count;
        }

        return pruned > 0 ? new StageResult.Changed($"dropped {pruned} from the state")
            : _wrote ? new StageResult.Changed("the state can be used again")
            : _entered ? new StageResult.Changed("the cluster lets this run in")
            : new StageResult.Unchanged("no entry without its thing");
    }

    private async Task<Outcome<int>> PruneAsync(LayerSettings layer, Run run, CancellationToken ct)
    {
        var reporter = new StageReporter(run, Name);
        if (!(await roots.OpenAsync(layer, reporter, ct)).Is(out var terraform, out var failure))
        {
            return failure;
        }

        if (!(await locks.BreakDeadAsync(terraform, roots.StateKeyOf(layer), reporter, ct)).Is(out var broke, out failure)
            || !(await StateRescue.PushAsync(terraform, lease, reporter, ct)).Is(out var rescued, out failure)
            || !(await FindAsync(terraform, (cluster, token) => EnterAsync(cluster, reporter, token), ct)).Is(out var found, out failure))
        {
            return failure;
        }

        _wrote |= broke || rescued;
        var (state, zombies) = found;
        if (zombies.Count == 0)
        {
            return 0;
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return lost;
        }

        await BackUpAsync(terraform, state, run, ct);
        if (!(await terraform.StateRemoveAsync([.. zombies.Select(zombie => zombie.Address)], ct)).Is(out _, out failure))
        {
            return failure;
        }

        foreach (var zombie in zombies)
        {
            run.Report(new Pruned(Name, zombie.Address, zombie.Why));
        }

        return zombies.Count;
    }

    /// <summary>Looks for the entries to drop; changes nothing.</summary>
    /// <param name="terraform">The root.</param>
    /// <param name="enter">Whether the cluster can be asked; false leaves out what only it can tell.</param>
    /// <param name="ct">Ends the look.</param>
    public async Task<Outcome<Look>> FindAsync(Terraform terraform, Func<Cluster, CancellationToken, Task<Outcome<bool>>> enter, CancellationToken ct)
    {
        if (!(await terraform.StatePullAsync(ct)).Is(out var state, out var failure))
        {
            return failure;
        }

        var inCluster = state.Managed.Where(instance => instance.IsInCluster).ToList();
        if (inCluster.Count == 0)
        {
            return new Look(state, []);
        }

        // One that is being made, or is about to go, is there: only AWS's own "not found" makes it gone.
        var facts = await door.LookAsync(ct);
        var cluster = facts is { IsActive: true } && !IsOther(state, facts) ? await door.FindAsync(ct) : null;
        if (cluster is not null)
        {
            if (!(await enter(cluster, ct)).Is(out var entered, out failure))
            {
                return failure;
            }

            cluster = entered ? cluster : null;
        }

        return new Look(state, Classify(state, facts, await MissingNamespacesAsync(cluster, inCluster, ct)));
    }

    private async Task<Outcome<bool>> EnterAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        var mending = await access.MendAsync(cluster, reporter, ct);
        _entered |= mending.Mended > 0;
        return mending.Failure is { } refused ? refused : true;
    }

    private static async Task<HashSet<string>> MissingNamespacesAsync(Cluster? cluster, List<StateInstance> inCluster, CancellationToken ct)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        if (cluster is null)
        {
            return missing;
        }

        var names = inCluster.Select(NamespaceOf).OfType<string>().Where(name => name.Length > 0).Distinct();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (name, token) =>
        {
            // Each is asked for: only the API's own "not found" makes one gone, and no list does. The client puts names into paths as they are.
            if (await Cluster.FindAsync(() => cluster.Api.CoreV1.ReadNamespaceAsync(Uri.EscapeDataString(name), cancellationToken: token)) is null)
            {
                lock (missing)
                {
                    missing.Add(name);
                }
            }
        });

        return missing;
    }

    private async Task BackUpAsync(Terraform terraform, TerraformState state, Run run, CancellationToken ct)
    {
        var key = $"{blueprint.StatePrefix}/backups/{terraform.Root.Name}-{state.Serial}-{run.Id}.tfstate";
        await store.PutAsync(key, state.Json, PutCondition.Always, ct);
        run.Report(new Noticed(Name, $"backed the state up to {store.Location}/{key}"));
    }

    /// <summary>A state, and what is to be dropped from it.</summary>
    public sealed record Look(TerraformState State, IReadOnlyList<Zombie> Zombies);

    /// <summary>A state entry whose thing is gone, and how that is known.</summary>
    public sealed record Zombie(string Address, string Why);
}
