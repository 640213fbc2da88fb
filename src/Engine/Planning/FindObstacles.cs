using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Events;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;
using Mayfly.Engine.Unblocking;

namespace Mayfly.Engine.Planning;

/// <summary>
/// Says what stands in the way in the cluster and what a run would do about it.
/// Looks at: what <see cref="UnblockCluster"/> looks at. May change: nothing.
/// </summary>
public sealed class FindObstacles(ClusterDoor door, IReadOnlyList<IMender> menders) : IStage
{
    /// <inheritdoc />
    public string Name => StageNames.Unblock;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        if (await door.FindAsync(ct) is not { } cluster || await cluster.HearAsync(ct) is ClusterVoice.Silent)
        {
            return new StageResult.Unchanged("there is no cluster that answers");
        }

        var found = 0;
        foreach (var mender in menders)
        {
            // Behind a door that is shut to us nothing more can be seen.
            if (found > 0 && await cluster.HearAsync(ct) is not ClusterVoice.Answers)
            {
                break;
            }

            foreach (var obstacle in await mender.FindAsync(cluster, new StageReporter(run, Name), ct))
            {
                run.Report(new Noticed(Name, $"would {obstacle.Would}: {obstacle.Target}: {obstacle.Why}"));
                found++;
            }
        }

        return found > 0 ? new StageResult.Changed($"{found} in the way") : new StageResult.Unchanged("nothing stands in the way");
    }
}
