using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>The application's Deployments and StatefulSets: put to sleep, woken, started anew.</summary>
public sealed class ApplicationPods(Cluster cluster, string @namespace)
{
    /// <summary>Remembers on each workload how many pods it had before it slept.</summary>
    public const string Replicas = "mayfly.dev/replicas-before-sleep";

    private const string RestartedAt = "kubectl.kubernetes.io/restartedAt";

    /// <summary>Scales all to nothing; how many had pods.</summary>
    public async Task<int> SleepAsync(CancellationToken ct)
    {
        var changed = 0;
        foreach (var workload in (await ListAsync(ct)).Where(workload => workload.Replicas > 0))
        {
            await workload.PatchAsync(Patch(workload.Replicas.ToString(CultureInfo.InvariantCulture), 0), ct);
            changed++;
        }

        return changed;
    }

    /// <summary>Whether any sleeps.</summary>
    public async Task<bool> AnySleepAsync(CancellationToken ct) => (await ListAsync(ct)).Any(workload => workload.Annotations.ContainsKey(Replicas));

    /// <summary>Gives those that sleep their pods back; how many there were.</summary>
    public async Task<int> WakeAsync(CancellationToken ct)
    {
        var changed = 0;
        foreach (var workload in await ListAsync(ct))
        {
            if (workload.Annotations.TryGetValue(Replicas, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var before))
            {
                await workload.PatchAsync(Patch(null, workload.Replicas > 0 ? workload.Replicas : before), ct);
                changed++;
            }
        }

        return changed;
    }

    /// <summary>Replaces every pod, as <c>kubectl rollout restart</c> does; how many workloads.</summary>
    public async Task<int> RestartAsync(DateTimeOffset now, CancellationToken ct)
    {
        var all = await ListAsync(ct);
        foreach (var workload in all)
        {
            var note = new JsonObject { [RestartedAt] = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) };
            await workload.PatchAsync(new JsonObject
            {
                ["spec"] = new JsonObject { ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = note } } },
            }.ToJsonString(), ct);
        }

        return all.Count;
    }

    /// <summary>Names of the workloads that still replace their pods.</summary>
    public async Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken ct) =>
        [.. (await ListAsync(ct)).Where(workload => !workload.IsComplete).Select(workload => workload.Name)];

    private static string Patch(string? before, int replicas) => new JsonObject
    {
        ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Replicas] = before } },
        ["spec"] = new JsonObject { ["replicas"] = replicas },
    }.ToJsonString();

    private async Task<List<Workload>> ListAsync(CancellationToken ct)
    {
        var apps = cluster.Api.AppsV1;
        var deployments = await apps.ListNamespacedDeploymentAsync(@namespace, cancellationToken: ct);
        var sets = await apps.ListNamespacedStatefulSetAsync(@namespace, cancellationToken: ct);
        return
        [
            .. deployments.Items.Select(found => new Workload(found.Metadata.Name, found.Spec.Replicas ?? 1, Rollout.IsComplete(found), found.Metadata.Annotations ?? Nothing,
                (patch, stop) => apps.PatchNamespacedDeploymentAsync(Merge(patch), found.Metadata.Name, @namespace, cancellationToken: stop))),
            .. sets.Items.Select(found => new Workload(found.Metadata.Name, found.Spec.Replicas ?? 1, Rollout.IsComplete(found), found.Metadata.Annotations ?? Nothing,
                (patch, stop) => apps.PatchNamespacedStatefulSetAsync(Merge(patch), found.Metadata.Name, @namespace, cancellationToken: stop))),
        ];
    }

    private static IDictionary<string, string> Nothing { get; } = new Dictionary<string, string>();

    private static V1Patch Merge(string patch) => new(patch, V1Patch.PatchType.MergePatch);

    private sealed record Workload(
        string Name, int Replicas, bool IsComplete, IDictionary<string, string> Annotations, Func<string, CancellationToken, Task> PatchAsync);
}
