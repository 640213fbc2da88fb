using Mayfly.Aws;
using Mayfly.Aws.EKS.Model;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Leases;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Stops what costs by the hour and can be started again: the application's pods, then the nodes.
/// Looks at: the application's workloads and the cluster's node groups. May change: how many pods and nodes they want; workloads
/// remember what they had. Proof: AWS and the cluster took the new numbers. The next <c>up</c> undoes it: Terraform puts the node
/// groups back, and the deployment wakes the workloads.
/// </summary>
public sealed class SleepApplication(Blueprint blueprint, ClusterDoor door, AwsSession session, RunLease lease) : IStage
{
    /// <inheritdoc />
    public string Name => StageNames.Sleep;

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

        var workloads = await new ApplicationPods(cluster, blueprint.Namespace).SleepAsync(ct);
        var nodes = 0;
        var eks = session.CreateEks();
        foreach (var name in (await eks.ListNodegroupsAsync(new ListNodegroupsRequest(blueprint.ClusterName), ct)).Nodegroups)
        {
            var group = (await eks.DescribeNodegroupAsync(new DescribeNodegroupRequest(blueprint.ClusterName, name), ct)).Nodegroup;
            if (group.ScalingConfig is { DesiredSize: > 0 } scaling)
            {
                nodes += scaling.DesiredSize.Value;
                await eks.UpdateNodegroupConfigAsync(
                    new UpdateNodegroupConfigRequest(blueprint.ClusterName, name, scaling with { MinSize = 0, DesiredSize = 0 }), ct);
            }
        }

        return workloads + nodes == 0
            ? new StageResult.Unchanged("nothing runs")
            : new StageResult.Changed($"{workloads} workloads and {nodes} nodes stopped");
    }
}
