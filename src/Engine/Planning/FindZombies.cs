using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Events;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Planning;

/// <summary>
/// Says what prune would drop from the state.
/// Looks at: what <see cref="PruneZombies"/> looks at. May change: nothing.
/// </summary>
public sealed class FindZombies(TerraformRoots roots, PruneZombies prune, PlannedRun planned) : IStage
{
    /// <inheritdoc />
    public string Name => StageNames.Prune;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        var found = 0;
        foreach (var layer in roots.RootLayers)
        {
            var reporter = new StageReporter(run, Name);
            if (!(await roots.OpenAsync(layer, reporter, ct)).Is(out var terraform, out var failure)
                || !(await prune.FindAsync(terraform, (cluster, token) => HearAsync(cluster, reporter, token), ct)).Is(out var look, out failure))
            {
                return new StageResult.Failed(failure);
            }

            foreach (var zombie in look.Zombies)
            {
                run.Report(new Pruned(Name, zombie.Address, zombie.Why));
                planned.Zombies.Add(zombie.Address);
            }

            found += look.Zombies.Count;
        }

        return found > 0 ? new StageResult.Changed($"{found} to drop from the state") : new StageResult.Unchanged("no entry without its thing");
    }

    // The run itself would give itself an access entry.
    private static async Task<Outcome<bool>> HearAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        if (await cluster.HearAsync(ct) is not ClusterVoice.Refuses)
        {
            return true;
        }

        reporter.Notice($"cluster {cluster.Facts.Name} does not know who asks: whether its namespaces are there cannot be said");
        return false;
    }
}

/// <summary>What the stages of a plan tell each other.</summary>
public sealed class PlannedRun
{
    /// <summary>Addresses that prune would drop; while they are there, terraform cannot plan what lies in the cluster.</summary>
    public ISet<string> Zombies { get; } = new HashSet<string>(StringComparer.Ordinal);
}
