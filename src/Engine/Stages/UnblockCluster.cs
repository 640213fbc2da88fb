using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Tools;
using Mayfly.Engine.Unblocking;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Takes out of the way what would make the next writes into the cluster fail or hang: webhooks that nobody answers, namespaces that
/// do not end, releases that an interrupted run left pending, finalizers whose controller is gone, a door that is shut to us.
/// Looks at: all these, in the cluster. May change: just these, each only where that is safe. Proof: what was waited for is gone or
/// answers; what is not safe to mend is a failure that says why. Webhooks that it opened are noted beside the state first.
/// </summary>
public sealed class UnblockCluster(ClusterDoor door, IReadOnlyList<IMender> menders, LayerPlans plans) : IStage
{
    /// <inheritdoc />
    public string Name => StageNames.Unblock;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        if (await door.FindAsync(ct) is not { } cluster)
        {
            return new StageResult.Unchanged("there is no cluster");
        }

        if (await cluster.HearAsync(ct) is ClusterVoice.Silent)
        {
            return new StageResult.Unchanged("the cluster does not answer");
        }

        var reporter = new StageReporter(run, Name);
        var mended = 0;
        foreach (var mender in menders)
        {
            var result = await mender.MendAsync(cluster, reporter, ct);
            mended += result.Mended;
            if (mended > 0)
            {
                // What was planned before was planned for another cluster, so to speak.
                await plans.ForgetInClusterAsync(reporter, ct);
            }

            if (result.Failure is { } failure)
            {
                return new StageResult.Failed(failure) { WroteSomething = mended > 0 };
            }
        }

        return mended > 0 ? new StageResult.Changed($"{mended} mended") : new StageResult.Unchanged("nothing stands in the way");
    }
}
