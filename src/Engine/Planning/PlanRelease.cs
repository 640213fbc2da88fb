using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Stages;

namespace Mayfly.Engine.Planning;

/// <summary>
/// Says what deploy would do with the release.
/// Looks at: the release as helm keeps it, the chart and the composed values. May change: nothing in the cluster.
/// </summary>
public sealed class PlanRelease(Blueprint blueprint, ClusterDoor door, ReleasePackage package, HelmFactory helms) : IStage
{
    /// <inheritdoc />
    public string Name => StageNames.Deploy;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        if (!(await helms.VersionAsync(ct)).Is(out var version, out var failure))
        {
            return new StageResult.Failed(failure);
        }

        var ready = package.Prepare(version.Major);
        if (await door.FindAsync(ct) is not { } cluster || !await cluster.AnswersAsync(ct))
        {
            return new StageResult.Changed($"release {blueprint.Release} to install, once there is a cluster");
        }

        var revisions = await Releases.ReadAsync(cluster, blueprint.Namespace, blueprint.Release, ct);
        return DeployRelease.Classify(revisions, ready.Fingerprint) switch
        {
            DeployRelease.Standing.Current => new StageResult.Unchanged($"revision {revisions[0].Revision} has this chart, these values and this commit"),
            DeployRelease.Standing.Absent => new StageResult.Changed($"release {blueprint.Release} to install"),
            DeployRelease.Standing.Outdated => new StageResult.Changed($"release {blueprint.Release} to upgrade from revision {revisions[0].Revision}"),
            _ => new StageResult.Changed($"release {blueprint.Release} is {revisions[0].Status}: to mend, then to upgrade"),
        };
    }
}
