using k8s;
using k8s.Models;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>What does not come up in a namespace, and why: the resource, its events, its last log lines.</summary>
public static class Troubles
{
    private const int MaxPods = 3, MaxEvents = 6, LogLines = 20;

    /// <summary>The warnings of a namespace as they stand, so that a later look can tell the new ones. Never fails.</summary>
    public static async Task<IReadOnlySet<string>> WarningsAsync(Cluster cluster, string @namespace, CancellationToken ct)
    {
        try
        {
            return (await cluster.Api.CoreV1.ListNamespacedEventAsync(@namespace, cancellationToken: ct)).Items.Select(Identity).ToHashSet(StringComparer.Ordinal);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
        {
            return new HashSet<string>();
        }
    }

    /// <summary>Lines for people, most telling first; empty when everything is ready. Never fails: an explanation is a courtesy.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="namespace">The namespace.</param>
    /// <param name="old">Warnings of before, which explain nothing now.</param>
    /// <param name="first">Names of the jobs whose pods are told of first.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<IReadOnlyList<string>> DescribeAsync(
        Cluster cluster, string @namespace, IReadOnlySet<string> old, IReadOnlyCollection<string> first, CancellationToken ct)
    {
        try
        {
            var pods = await cluster.Api.CoreV1.ListNamespacedPodAsync(@namespace, cancellationToken: ct);
            var events = (await cluster.Api.CoreV1.ListNamespacedEventAsync(@namespace, cancellationToken: ct)).Items
                .Where(e => e.Type == "Warning" && !old.Contains(Identity(e)))
                .OrderByDescending(When)
                .ToList();
            var lines = new List<string>();
            foreach (var pod in pods.Items.Where(pod => !IsReady(pod) || (IsOf(pod, first) && pod.Status?.Phase != "Succeeded")).OrderBy(pod => IsOf(pod, first) ? 0 : 1).Take(MaxPods))
            {
                lines.Add($"pod {pod.Metadata.Name}: {Reason(pod)}");
                lines.AddRange(events.Where(e => e.InvolvedObject?.Name == pod.Metadata.Name).Take(MaxEvents).Select(Describe));
                lines.AddRange(await LogAsync(cluster, pod, IsOf(pod, first), ct));
            }

            return lines.Count > 0 ? lines : [.. events.Take(MaxEvents).Select(Describe)];
        }
        catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
        {
            return [];
        }
    }

    // An event that comes again counts up.
    private static string Identity(Corev1Event e) => $"{e.Metadata.Uid}/{e.Count}/{e.Series?.Count}";

    private static bool IsOf(V1Pod pod, IReadOnlyCollection<string> jobs) =>
        jobs.Contains(pod.Metadata.Name)
        || (pod.Metadata.Labels?.TryGetValue("batch.kubernetes.io/job-name", out var job) is true && jobs.Contains(job));

    private static DateTime When(Corev1Event e) => e.LastTimestamp ?? e.EventTime ?? e.FirstTimestamp ?? default;

    private static string Describe(Corev1Event e) => $"{e.InvolvedObject?.Kind} {e.InvolvedObject?.Name}: {e.Reason}: {e.Message}";

    /// <summary>Whether a pod serves, or has done its work.</summary>
    public static bool IsReady(V1Pod pod) =>
        pod.Status?.Phase == "Succeeded"
        || (pod.Status?.Conditions ?? []).Any(condition => condition is { Type: "Ready", Status: "True" });

    /// <summary>Why a pod is not ready, in the API's own words.</summary>
    public static string Reason(V1Pod pod)
    {
        var statuses = (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []);
        foreach (var status in statuses)
        {
            if (status.State?.Waiting is { Reason: { Length: > 0 } } waiting)
            {
                return $"container {status.Name}: {waiting.Reason}: {waiting.Message}";
            }

            if (status.State?.Terminated is { ExitCode: not 0 } ended)
            {
                return $"container {status.Name} ended with {ended.ExitCode}: {ended.Reason}";
            }
        }

        var unscheduled = (pod.Status?.Conditions ?? []).FirstOrDefault(c => c is { Type: "PodScheduled", Status: "False" });
        return unscheduled is not null ? $"{unscheduled.Reason}: {unscheduled.Message}" : pod.Status?.Phase ?? "Unknown";
    }

    private static async Task<IReadOnlyList<string>> LogAsync(Cluster cluster, V1Pod pod, bool whatever, CancellationToken ct)
    {
        var restarted = (pod.Status?.ContainerStatuses ?? []).FirstOrDefault(status => whatever || status.RestartCount > 0 || status.Ready != true);
        if (restarted is null)
        {
            return [];
        }

        foreach (var previous in restarted.RestartCount > 0 ? new[] { true, false } : [false])
        {
            try
            {
                await using var log = await cluster.Api.CoreV1.ReadNamespacedPodLogAsync(
                    pod.Metadata.Name, pod.Metadata.NamespaceProperty, container: restarted.Name, previous: previous,
                    tailLines: LogLines, cancellationToken: ct);
                using var reader = new StreamReader(log);
                var text = await reader.ReadToEndAsync(ct);
                if (text.Length > 0)
                {
                    return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(LogLines).Select(line => $"{restarted.Name} | {line}")];
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
            {
                // No such container any more, or it has not started: the events say the rest.
            }
        }

        return [];
    }
}
