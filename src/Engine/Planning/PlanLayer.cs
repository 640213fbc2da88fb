using Mayfly.Engine.Adoption;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Planning;

/// <summary>
/// Says what reconcile would adopt and apply would do in one layer.
/// Looks at: the layer's plan, and in AWS at everything it would create. May change: nothing. What cannot be planned before an
/// earlier step was really taken is said so and not guessed.
/// </summary>
public sealed class PlanLayer(LayerSettings layer, LayerPlans plans, IOrphanFinder orphans, ClusterDoor door, PlannedRun planned) : IStage
{
    /// <inheritdoc />
    public string Name => $"{StageNames.Apply}:{layer.Name}";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        if (layer.NeedsCluster && planned.Zombies.Count > 0)
        {
            return new StageResult.Changed("can be planned once the entries above are dropped");
        }

        if (layer.NeedsCluster && await door.FindAsync(ct) is null)
        {
            return new StageResult.Changed("can be planned once there is a cluster; all of it is to be made");
        }

        if (!(await plans.ForAsync(layer, new StageReporter(run, Name), ct)).Is(out var plan, out var failure))
        {
            return new StageResult.Failed(failure);
        }

        var found = await orphans.FindAsync(plan, ct);
        if (AdoptionFailures.Of(found) is { } doubtful)
        {
            return new StageResult.Failed(doubtful);
        }

        foreach (var orphan in found.Orphans)
        {
            run.Report(orphan.IsGuess
                ? new Noticed(Name, $"would look whether {orphan.Address} exists as {orphan.ImportId}")
                : new Adopted(Name, orphan.Address, orphan.ImportId));
        }

        var adopted = found.Orphans.Where(orphan => !orphan.IsGuess).Select(orphan => orphan.Address).ToHashSet(StringComparer.Ordinal);
        var changes = plan.Changes.Where(change => !change.IsRead && !adopted.Contains(change.Address)).ToList();
        foreach (var change in changes)
        {
            run.Report(new Noticed(Name, $"would {change.Verb} {change.Address}"));
        }

        return plan.IsEmpty ? new StageResult.Unchanged("nothing to do") : new StageResult.Changed(Count(changes, adopted.Count));
    }

    private static string Count(IReadOnlyList<PlannedChange> changes, int adopted)
    {
        var verbs = changes.GroupBy(change => change.Verb).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Count()} to {group.Key}");
        IReadOnlyList<string> words = [.. adopted > 0 ? [$"{adopted} to adopt"] : Array.Empty<string>(), .. verbs];
        return words.Count > 0 ? string.Join(", ", words) : "outputs only";
    }
}
