using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>Looks at what stands behind a service, and waits for it as long as it gets on.</summary>
/// <param name="patience">How long nothing may change before it counts as dead.</param>
/// <param name="clock">Waits.</param>
public sealed class ControllerWatch(TimeSpan patience, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Twice may be chance: a dependency that came later. Kubernetes itself waits 20 seconds after that.
    private const int Crashes = 3;

    /// <summary>Looks once.</summary>
    public static async Task<ControllerSight> LookAsync(Cluster cluster, ServiceName name, CancellationToken ct)
    {
        var service = await Cluster.FindAsync(() => cluster.Api.CoreV1.ReadNamespacedServiceAsync(name.Name, name.Namespace, cancellationToken: ct));
        if (service is null)
        {
            return new ControllerSight(name, false, false, 0, [], [], null);
        }

        var ready = await ReadyAsync(cluster, name, ct);
        var release = ReleaseOf(service.Metadata);
        if (service.Spec.Type == "ExternalName" || ready > 0 || service.Spec.Selector is not { Count: > 0 } selector)
        {
            return new ControllerSight(name, true, service.Spec.Type == "ExternalName", ready, [], [], release);
        }

        var pods = await cluster.Api.CoreV1.ListNamespacedPodAsync(
            name.Namespace, labelSelector: string.Join(',', selector.Select(pair => $"{pair.Key}={pair.Value}")), cancellationToken: ct);
        return new ControllerSight(
            name, true, false, ready, await WorkloadsAsync(cluster, name.Namespace, selector, ct), [.. pods.Items.Where(pod => pod.Metadata.DeletionTimestamp is null).Select(Sight)], release);
    }

    /// <summary>Waits until the controller serves or is dead.</summary>
    public async Task<(ControllerSight Sight, ControllerStanding Standing)> WaitAsync(
        Cluster cluster, ServiceName name, StageReporter reporter, CancellationToken ct)
    {
        var since = clock.GetTimestamp();
        string? before = null, told = null;
        while (true)
        {
            var sight = await LookAsync(cluster, name, ct);
            if (sight.Fingerprint != before)
            {
                (before, since) = (sight.Fingerprint, clock.GetTimestamp());
            }

            var standing = sight.Judge(clock.GetElapsedTime(since), patience);
            if (standing is not ControllerStanding.Coming(var why))
            {
                return (sight, standing);
            }

            if (why != told)
            {
                reporter.Notice($"waiting for the controller behind service {name}: {why}");
                told = why;
            }

            await Task.Delay(Pause, clock, ct);
        }
    }

    private static async Task<int> ReadyAsync(Cluster cluster, ServiceName name, CancellationToken ct)
    {
        var slices = await cluster.Api.DiscoveryV1.ListNamespacedEndpointSliceAsync(
            name.Namespace, labelSelector: $"kubernetes.io/service-name={name.Name}", cancellationToken: ct);
        return slices.Items.SelectMany(slice => slice.Endpoints ?? [])
            .Where(endpoint => endpoint.Conditions?.Ready != false)
            .Sum(endpoint => endpoint.Addresses?.Count ?? 0);
    }

    private static async Task<IReadOnlyList<Workload>> WorkloadsAsync(
        Cluster cluster, string @namespace, IDictionary<string, string> selector, CancellationToken ct)
    {
        var apps = cluster.Api.AppsV1;
        var deployments = apps.ListNamespacedDeploymentAsync(@namespace, cancellationToken: ct);
        var sets = apps.ListNamespacedStatefulSetAsync(@namespace, cancellationToken: ct);
        var daemons = apps.ListNamespacedDaemonSetAsync(@namespace, cancellationToken: ct);
        bool Makes(V1PodTemplateSpec template) =>
            selector.All(wanted => template.Metadata?.Labels?.TryGetValue(wanted.Key, out var value) == true && value == wanted.Value);
        return
        [
            .. (await deployments).Items.Where(item => Makes(item.Spec.Template)).Select(Of),
            .. (await sets).Items.Where(item => Makes(item.Spec.Template)).Select(Of),
            .. (await daemons).Items.Where(item => Makes(item.Spec.Template)).Select(Of),
        ];
    }

    internal static Workload Of(V1Deployment item) => new(
        "Deployment", item.Metadata.NamespaceProperty, item.Metadata.Name, item.Spec.Replicas ?? 1, item.Status?.ReadyReplicas ?? 0, item.Status?.UpdatedReplicas ?? 0,
        (item.Status?.Conditions ?? []).Any(condition => condition is { Type: "Progressing", Status: "False", Reason: "ProgressDeadlineExceeded" }),
        ReleaseOf(item.Metadata));

    internal static Workload Of(V1StatefulSet item) => new(
        "StatefulSet", item.Metadata.NamespaceProperty, item.Metadata.Name, item.Spec.Replicas ?? 1, item.Status?.ReadyReplicas ?? 0, item.Status?.UpdatedReplicas ?? 0, false,
        ReleaseOf(item.Metadata));

    internal static Workload Of(V1DaemonSet item) => new(
        "DaemonSet", item.Metadata.NamespaceProperty, item.Metadata.Name, item.Status?.DesiredNumberScheduled ?? 1, item.Status?.NumberReady ?? 0,
        item.Status?.UpdatedNumberScheduled ?? 0, false, ReleaseOf(item.Metadata));

    /// <summary>The helm release that made an object, as its annotations have it.</summary>
    internal static ServiceName? ReleaseOf(V1ObjectMeta metadata) =>
        metadata.Annotations is { } annotations && annotations.TryGetValue("meta.helm.sh/release-name", out var name)
            && annotations.TryGetValue("meta.helm.sh/release-namespace", out var @namespace) ? new ServiceName(@namespace, name) : null;

    private static PodSight Sight(V1Pod pod)
    {
        var statuses = (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).ToList();
        var ready = Troubles.IsReady(pod);
        var crashing = !ready && statuses.Exists(status => status.RestartCount >= Crashes || (status.RestartCount >= Crashes - 1 && status.State?.Waiting?.Reason == "CrashLoopBackOff"));
        var containers = statuses.Select(status => $"{status.Name}:{State(status)}");
        return new PodSight(pod.Metadata.Name, $"{pod.Status?.Phase}/{ready}/{string.Join('+', containers)}", ready, crashing, Troubles.Reason(pod));
    }

    // A container that ends and starts again, or an image that is asked for again, gets nowhere.
    private static string State(V1ContainerStatus status) => status switch
    {
        { RestartCount: > 0, Ready: false } => "restarted",
        { State.Waiting.Reason: "ErrImagePull" or "ImagePullBackOff" } => "no image",
        { State.Waiting: { } waiting } => waiting.Reason ?? "waiting",
        { State.Running: not null } => "running",
        { State.Terminated: not null } => "ended",
        _ => "unknown",
    };
}
