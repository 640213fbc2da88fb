using Mayfly.Engine.Failures;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Adoption;

/// <summary>Finds what a plan would create and what is there already.</summary>
public interface IOrphanFinder
{
    /// <summary>Asks AWS for everything that the plan would create and that can be recognised.</summary>
    Task<OrphanSearch> FindAsync(Plan plan, CancellationToken ct);
}

/// <summary>A real thing of this environment that the state does not know.</summary>
/// <param name="Address">The address that will own it.</param>
/// <param name="ImportId">What terraform imports it by.</param>
public sealed record Orphan(string Address, string ImportId);

/// <summary>What a search found.</summary>
/// <param name="Orphans">What is to be adopted.</param>
/// <param name="Foreign">A thing of somebody else stands in the way; its owner is named.</param>
public sealed record OrphanSearch(IReadOnlyList<Orphan> Orphans, Failure? Foreign);
