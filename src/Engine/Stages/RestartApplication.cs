using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Leases;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Starts the application anew: every pod is replaced, a few at a time, as its workload says.
/// Looks at: the application's workloads. May change: a note on their pods' template. Proof: the stage after it opens the page.
/// </summary>
public sealed class RestartApplication(Blueprint blueprint, ClusterDoor door, RunLease lease, TimeProvider clock) : IStage
{
    /// <inheritdoc />
    public string Name => StageNames.Restart;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        if (!(await door.OpenAsync(ct)).Is(out var cluster, out var missing))
        {
            return new StageResult.Failed(missing);
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new StageResult.Failed(lost);
        }

        return new StageResult.Changed($"{await new ApplicationPods(cluster, blueprint.Namespace).RestartAsync(clock.GetUtcNow(), ct)} workloads start anew");
    }
}
