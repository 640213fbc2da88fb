using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>
/// Brings a dead controller back: the release that owns it is applied again as its last revision has it, which makes what is missing
/// and takes back what somebody changed; what crashes all the same is started anew. What no release owns is started anew only.
/// </summary>
public sealed class ControllerRepair(HelmFactory helms, TimeProvider clock)
{
    /// <summary>Tries; what was done in words, or null when there is nothing to try here, because an apply makes it, or a person.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="sight">The controller.</param>
    /// <param name="owner">The release that the webhook names as its owner; null: none.</param>
    /// <param name="reporter">Where it is told.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<string?> TryAsync(Cluster cluster, ControllerSight sight, ServiceName? owner, StageReporter reporter, CancellationToken ct)
    {
        var done = new List<string>();
        var release = sight.Workloads.Select(workload => workload.Release).OfType<ServiceName>().FirstOrDefault() ?? sight.Release ?? owner;
        if (release is not null && await ApplyAgainAsync(cluster, release, reporter, ct) is { } applied)
        {
            done.Add(applied);
        }

        var crashing = sight.Pods.Any(pod => !pod.IsReady);
        foreach (var workload in sight.Workloads.Where(workload => workload.Desired > 0 && crashing))
        {
            await RestartAsync(cluster, workload, ct);
            done.Add($"restarted {workload}");
        }

        return done.Count > 0 ? string.Join(", ", done) : null;
    }

    private async Task<string?> ApplyAgainAsync(Cluster cluster, ServiceName release, StageReporter reporter, CancellationToken ct)
    {
        var revisions = await Releases.ReadAsync(cluster, release.Namespace, release.Name, ct);
        if (revisions.FirstOrDefault(revision => revision.Status is "deployed" or "superseded" or "failed") is not { } revision
            || !(await helms.VersionAsync(ct)).Is(out var version, out _))
        {
            return null;
        }

        var helm = await helms.OpenAsync(cluster, release.Namespace, ct);
        if (!(await helm.RollbackAsync(release.Name, revision.Revision, reporter, ct, version.Major >= 4)).Is(out _, out Failure? failure))
        {
            reporter.Notice($"release {release} could not be applied again: {failure.Summary}");
            return null;
        }

        return $"applied revision {revision.Revision} of release {release} again";
    }

    // As kubectl rollout restart does it.
    private Task RestartAsync(Cluster cluster, Workload workload, CancellationToken ct)
    {
        var patch = new V1Patch(
            new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["template"] = new JsonObject
                    {
                        ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["kubectl.kubernetes.io/restartedAt"] = clock.GetUtcNow().ToString("O") } },
                    },
                },
            }.ToJsonString(),
            V1Patch.PatchType.StrategicMergePatch);
        return workload.Kind switch
        {
            "Deployment" => cluster.Api.AppsV1.PatchNamespacedDeploymentAsync(patch, workload.Name, workload.Namespace, cancellationToken: ct),
            "StatefulSet" => cluster.Api.AppsV1.PatchNamespacedStatefulSetAsync(patch, workload.Name, workload.Namespace, cancellationToken: ct),
            _ => cluster.Api.AppsV1.PatchNamespacedDaemonSetAsync(patch, workload.Name, workload.Namespace, cancellationToken: ct),
        };
    }
}
