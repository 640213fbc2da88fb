using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Kubernetes.Images;

/// <summary>What a container image does when the kubelet stand-in runs it: code in place of a binary, with a pod's means only.</summary>
public interface IImage
{
    /// <summary>Runs the container until it ends or is stopped. The value is its exit code.</summary>
    Task<int> RunAsync(ContainerContext container, CancellationToken stopped);
}

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
    public System.Net.IPAddress PodAddress { get; init; } = System.Net.IPAddress.None;

    /// <summary>Reads a file that a volume mounts (config map, secret, projected token); null when there is none.</summary>
    public Func<string, CancellationToken, Task<byte[]?>> ReadFileAsync { get; init; } = (_, _) => Task.FromResult<byte[]?>(null);
}

/// <summary>The images that can be pulled and run, by repository without registry, tag and digest.</summary>
public sealed class ImageCatalog
{
    private readonly Dictionary<string, IImage> _images = new(StringComparer.Ordinal);

    /// <summary>Adds an image under its repository, <c>external-secrets/external-secrets</c>.</summary>
    public ImageCatalog Add(string repository, IImage image)
    {
        _images[repository] = image;
        return this;
    }

    /// <summary>Finds the image of a reference such as <c>ghcr.io/external-secrets/external-secrets:v1.0.0</c>; null when it cannot be pulled.</summary>
    public IImage? Find(string reference)
    {
        var name = reference.Split('@')[0];
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/'))
        {
            name = name[..colon];
        }

        return _images.GetValueOrDefault(name)
            ?? _images.Where(image => name.EndsWith('/' + image.Key, StringComparison.Ordinal)).Select(image => image.Value).FirstOrDefault();
    }
}
