using System.Net;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Kubernetes.Images;

/// <summary>What a running container has: its pod, its environment, the network, a log, and the cluster as its service account.</summary>
/// <param name="Pod">The pod as it was when the container started.</param>
/// <param name="Container">The container's specification.</param>
/// <param name="Environment">Its variables, <c>env</c> and <c>envFrom</c> resolved from config maps and secrets.</param>
/// <param name="Network">Where it listens and whom it can reach.</param>
/// <param name="Cluster">The API, with the token of the pod's service account.</param>
/// <param name="Cloud">The cloud around it.</param>
/// <param name="Log">Its standard output; <c>kubectl logs</c> shows it.</param>
public sealed record ContainerContext(
    V1Pod Pod,
    V1Container Container,
    IReadOnlyDictionary<string, string> Environment,
    ClusterNetwork Network,
    ClusterConnection Cluster,
    CloudContext Cloud,
    TextWriter Log)
{
    /// <summary>The command and arguments as the container would see them, variables expanded.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The pod's address in the cluster network.</summary>
    public IPAddress PodAddress { get; init; } = IPAddress.None;

    /// <summary>Reads a file that a volume mounts (config map, secret, projected token); null when there is none.</summary>
    public Func<string, CancellationToken, Task<byte[]?>> ReadFileAsync { get; init; } = (_, _) => Task.FromResult<byte[]?>(null);
}
