using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Explanation;

/// <summary>What the cluster says of the application's namespace, in one look.</summary>
public sealed record Workloads(
    IReadOnlyList<V1Service> Services, IReadOnlyList<V1EndpointSlice> Slices, IReadOnlyList<V1Pod> Pods,
    IReadOnlyList<V1Deployment> Deployments, IReadOnlyList<Corev1Event> Events)
{
    private const int MaxEvents = 6;

    /// <summary>The newest warnings about objects.</summary>
    public IReadOnlyList<string> Warnings(params IEnumerable<string> names)
    {
        var wanted = names.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Events.Where(e => e.Type == "Warning" && e.InvolvedObject?.Name is { } name && wanted.Contains(name))
                .OrderByDescending(e => e.LastTimestamp ?? e.EventTime ?? e.FirstTimestamp)
                .Take(MaxEvents).Select(e => $"{e.InvolvedObject.Kind} {e.InvolvedObject.Name}: {e.Reason}: {e.Message}"),
        ];
    }

    /// <summary>The pods that a service selects; those on their way out do not count.</summary>
    public IReadOnlyList<V1Pod> PodsOf(V1Service service) =>
        [.. Pods.Where(pod => pod.Metadata.DeletionTimestamp is null && IsIn(service.Spec.Selector, pod.Metadata.Labels))];

    /// <summary>The deployments whose pods a service selects.</summary>
    public IReadOnlyList<V1Deployment> DeploymentsOf(V1Service service) =>
        [.. Deployments.Where(deployment => IsIn(service.Spec.Selector, deployment.Spec.Template.Metadata?.Labels))];

    private static bool IsIn(IDictionary<string, string>? selector, IDictionary<string, string>? labels) =>
        selector is { Count: > 0 } && labels is not null && selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}

/// <summary>Judges the way inside the cluster, from a service to its containers. Pure.</summary>
public static class WorkloadLinks
{
    private static readonly HashSet<string> PullReasons = new(StringComparer.Ordinal)
    {
        "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable", "ImageInspectError",
    };

    private static readonly HashSet<string> Starting = new(StringComparer.Ordinal) { "ContainerCreating", "PodInitializing" };

    /// <summary>Every link of one service.</summary>
    public static IReadOnlyList<Link> Of(string name, Workloads seen, Func<V1Pod, string, IReadOnlyList<string>> log)
    {
        if (seen.Services.FirstOrDefault(s => s.Metadata.Name == name) is not { } service)
        {
            return [Link.Broken($"service {name}", "it is not there", [], "Run mayfly up: it installs the application again.")];
        }

        var pods = seen.PodsOf(service);
        return
        [
            Link.Fine($"service {name}", $"port {string.Join(", ", (service.Spec.Ports ?? []).Select(port => port.Port))}"),
            Endpoints(name, seen),
            Pods(name, pods, seen.DeploymentsOf(service), seen),
            Containers(name, pods, seen),
            Images(name, pods, seen),
            Log(name, pods, log),
        ];
    }

    /// <summary>Whether a service has an address that takes requests.</summary>
    public static Link Endpoints(string service, Workloads seen)
    {
        var endpoints = seen.Slices.Where(slice => slice.Metadata.Labels?.TryGetValue("kubernetes.io/service-name", out var of) is true && of == service)
            .SelectMany(slice => slice.Endpoints ?? []).ToList();
        var ready = endpoints.Count(endpoint => endpoint.Conditions?.Ready is not false);
        return ready > 0 ? Link.Fine($"endpoints {service}", $"{ready} of {endpoints.Count} are ready")
            : Link.Broken($"endpoints {service}", endpoints.Count == 0 ? "there are none" : $"none of {endpoints.Count} is ready", [],
                "See the links 'pods' and 'container': an endpoint is made of each ready pod.");
    }

    /// <summary>Whether there are pods, on nodes.</summary>
    public static Link Pods(string service, IReadOnlyList<V1Pod> pods, IReadOnlyList<V1Deployment> deployments, Workloads seen)
    {
        var name = $"pods {service}";
        if (deployments.FirstOrDefault(deployment => deployment.Spec.Replicas == 0) is { } stopped && pods.Count == 0)
        {
            return Link.Broken(name, $"the deployment {stopped.Metadata.Name} is scaled to 0", seen.Warnings(stopped.Metadata.Name),
                $"Scale it up: kubectl scale deployment {stopped.Metadata.Name} --replicas=1 -n {stopped.Metadata.NamespaceProperty}.");
        }

        if (pods.Count == 0)
        {
            var conditions = deployments.SelectMany(deployment => deployment.Status?.Conditions ?? [])
                .Where(condition => condition.Status != "True" || condition.Type == "ReplicaFailure").Select(c => $"{c.Type}: {c.Reason}: {c.Message}");
            return Link.Broken(name, deployments.Count == 0 ? "no deployment makes pods for it" : $"the deployment {deployments[0].Metadata.Name} has no pods",
                [.. conditions, .. seen.Warnings(deployments.Select(deployment => deployment.Metadata.Name))],
                deployments.Count == 0 ? "Run mayfly up: it installs the application again." : "Look at the deployment (kubectl describe deployment).");
        }

        var waiting = pods.Where(pod => (pod.Status?.Conditions ?? []).Any(c => c is { Type: "PodScheduled", Status: "False" })).ToList();
        return waiting.Count > 0
            ? Link.Broken(name, $"{waiting.Count} of {pods.Count} found no node", [.. waiting.Select(Troubles.Reason), .. seen.Warnings(waiting.Select(NameOf))],
                "Check the node groups' size and the pods' requests.")
            : Link.Fine(name, $"{pods.Count(Troubles.IsReady)} of {pods.Count} are ready");
    }

    /// <summary>Whether the containers run and say that they are ready; a missing image is not their fault.</summary>
    public static Link Containers(string service, IReadOnlyList<V1Pod> pods, Workloads seen)
    {
        var name = $"container {service}";
        var bad = Bad(pods).Where(found => !IsPulling(found.Status)).ToList();
        if (pods.Count == 0)
        {
            return Link.Unknown(name, "there is no pod to look at");
        }

        if (bad.Count > 0)
        {
            return Link.Broken(name, Sentence(bad[0].Pod, bad[0].Status), seen.Warnings(bad.Select(found => NameOf(found.Pod))),
                "Read the container's log, and the configuration and secrets that it starts with.");
        }

        var running = Statuses(pods).Count(found => found.Status.State?.Running is not null);
        return running > 0 ? Link.Fine(name, $"{running} run") : Link.Unknown(name, "none has started yet");
    }

    /// <summary>Whether the images could be had.</summary>
    public static Link Images(string service, IReadOnlyList<V1Pod> pods, Workloads seen)
    {
        var name = $"image {service}";
        if (Statuses(pods).FirstOrDefault(found => IsPulling(found.Status)) is { Pod: not null } bad)
        {
            return Link.Broken(name, $"{bad.Status.Image} cannot be had: {bad.Status.State.Waiting.Reason}",
                [.. new[] { bad.Status.State.Waiting.Message }.OfType<string>(), .. seen.Warnings(NameOf(bad.Pod))],
                "Check that the image of this commit was built and pushed, and that the pull secret opens the registry.");
        }

        var images = pods.SelectMany(pod => pod.Spec.Containers.Select(container => container.Image)).Distinct().ToList();
        return images.Count == 0 ? Link.Unknown(name, "there is no pod to look at") : Link.Fine(name, string.Join(", ", images));
    }

    /// <summary>What a container that does not run wrote last.</summary>
    public static Link Log(string service, IReadOnlyList<V1Pod> pods, Func<V1Pod, string, IReadOnlyList<string>> log)
    {
        var name = $"log {service}";
        if (pods.Count == 0)
        {
            return Link.Unknown(name, "there is no pod to look at");
        }

        var bad = Bad(pods).ToList();
        if (bad.Count == 0)
        {
            return Link.Fine(name, "no container is in trouble");
        }

        var lines = log(bad[0].Pod, bad[0].Status.Name);
        return lines.Count == 0 ? Link.Unknown(name, $"container {bad[0].Status.Name} of {NameOf(bad[0].Pod)} wrote nothing")
            : Link.Broken(name, $"the last lines of container {bad[0].Status.Name} of {NameOf(bad[0].Pod)}", lines.Select(line => $"{bad[0].Status.Name} | {line}"));
    }

    /// <summary>The containers whose logs are worth reading.</summary>
    public static IEnumerable<(V1Pod Pod, V1ContainerStatus Status)> Bad(IEnumerable<V1Pod> pods) =>
        Statuses(pods).Where(found => IsPulling(found.Status) || IsBad(found.Pod, found.Status));

    private static IEnumerable<(V1Pod Pod, V1ContainerStatus Status)> Statuses(IEnumerable<V1Pod> pods) => pods.SelectMany(pod =>
        (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).Select(status => (pod, status)));

    private static bool IsPulling(V1ContainerStatus status) => status.State?.Waiting?.Reason is { } reason && PullReasons.Contains(reason);

    private static bool IsBad(V1Pod pod, V1ContainerStatus status) =>
        (status.State?.Waiting?.Reason is { } reason && !Starting.Contains(reason))
        || status.State?.Terminated is { ExitCode: not 0 }
        || (status.State?.Running is not null && !status.Ready && (pod.Status?.InitContainerStatuses ?? []).All(init => init != status));

    private static string Sentence(V1Pod pod, V1ContainerStatus status) =>
        status.State?.Waiting is { } waiting ? $"{status.Name} of {NameOf(pod)}: {waiting.Reason}: {waiting.Message}".TrimEnd(' ', ':')
        : status.State?.Terminated is { } ended ? $"{status.Name} of {NameOf(pod)} ended with {ended.ExitCode}: {ended.Reason}"
        : $"{status.Name} of {NameOf(pod)} runs and does not say that it is ready";

    private static string NameOf(V1Pod pod) => pod.Metadata.Name;
}
