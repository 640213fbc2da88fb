using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>Something in the cluster that stands in a run's way, and what the run would do about it.</summary>
/// <param name="Target">What it is.</param>
/// <param name="Why">How that is known.</param>
/// <param name="Would">What would be done: the rest of a sentence that begins with "would".</param>
public sealed record Obstacle(string Target, string Why, string Would);

/// <summary>What came of a mending.</summary>
/// <param name="Mended">How much was changed in the cluster.</param>
/// <param name="Failure">What is in the way and could not be mended safely; null when nothing is.</param>
public sealed record Mending(int Mended, Failure? Failure = null)
{
    /// <summary>Nothing was in the way.</summary>
    public static Mending Nothing { get; } = new(0);
}

/// <summary>Knows one kind of obstacle: how to find it, when it is safe to mend, and how.</summary>
public interface IMender
{
    /// <summary>Looks only.</summary>
    Task<IReadOnlyList<Obstacle>> FindAsync(Cluster cluster, StageReporter reporter, CancellationToken ct);

    /// <summary>Mends what is safe to mend; asks the lease before it writes.</summary>
    Task<Mending> MendAsync(Cluster cluster, StageReporter reporter, CancellationToken ct);
}
