using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Starts the application anew: every pod is replaced, a few at a time, as its workload says.
/// Looks at: the application's workloads. May change: a note on their pods' template. Proof: every workload says that its pods are new
/// and ready, so that the stage after it opens the page of the new ones.
/// </summary>
public sealed class RestartApplication(Blueprint blueprint, ClusterDoor door, RunLease lease, TimeProvider clock) : IStage
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

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

        var pods = new ApplicationPods(cluster, blueprint.Namespace);
        var old = await Troubles.WarningsAsync(cluster, blueprint.Namespace, ct);
        var count = await pods.RestartAsync(clock.GetUtcNow(), ct);
        await using var watch = WorkloadWatch.Start(cluster, blueprint.Namespace, new StageReporter(run, Name), clock);
        var late = await WaitAsync(pods, ct);
        return late.Count == 0
            ? new StageResult.Changed($"{count} workloads started anew")
            : new StageResult.Failed(NotAnew(late) with { Evidence = await Troubles.DescribeAsync(cluster, blueprint.Namespace, old, [], ct) }) { WroteSomething = true };
    }

    // As long as an upgrade may take: it is the same work.
    private async Task<IReadOnlyList<string>> WaitAsync(ApplicationPods pods, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var late = await pods.UnfinishedAsync(ct);
            if (late.Count == 0 || clock.GetElapsedTime(began) >= blueprint.Configuration.Helm.Timeout)
            {
                return late;
            }

            await Task.Delay(Pause, clock, ct);
        }
    }

    private Failure NotAnew(IReadOnlyList<string> late) => Failure.Of(
        "restart-incomplete", "helm_wait_timeout", Disposition.NeedsHuman,
        $"{string.Join(", ", late)} did not come up anew in {blueprint.Configuration.Helm.Timeout.TotalSeconds:0} s",
        "Look at the events and the log of the workload that is not ready.");
}
