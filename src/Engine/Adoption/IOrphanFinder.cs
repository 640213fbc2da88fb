using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Adoption;

/// <summary>Finds what a plan would create although it is there already.</summary>
public interface IOrphanFinder
{
    /// <summary>Asks AWS, and the cluster, for everything that the plan would create and that can be recognised.</summary>
    Task<OrphanFindings> FindAsync(Plan plan, CancellationToken ct);

    /// <summary>By which id a planned resource would be imported if it existed; null when nothing tells. Asks nobody.</summary>
    Orphan? Guess(PlannedChange change);

    /// <summary>Takes a secret out of its recovery window, so that it can be adopted.</summary>
    Task RestoreSecretAsync(string id, CancellationToken ct);
}
