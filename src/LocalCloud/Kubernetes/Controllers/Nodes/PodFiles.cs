using System.Net.Http;
using System.Text;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>
/// The files that a pod's volumes hold, read from the API each time they are asked for, so that a container sees a renewed secret
/// as it would see a renewed file.
/// </summary>
internal sealed class PodFiles(ControllerContext context, V1Pod pod)
{
    private const string ServiceAccountPath = "/var/run/secrets/kubernetes.io/serviceaccount/";

    private string Namespace => pod.Metadata.NamespaceProperty;

    /// <summary>What a volume needs and is not there yet, as the kubelet's FailedMount event says it; null when all is there.</summary>
    public async Task<string?> MissingAsync(CancellationToken ct)
    {
        foreach (var volume in pod.Spec.Volumes ?? [])
        {
            var sources = (volume.Projected?.Sources ?? []).SelectMany(source => new[]
            {
                Need("secret", source.Secret?.Name, source.Secret?.Optional),
                Need("configmap", source.ConfigMap?.Name, source.ConfigMap?.Optional),
            });
            foreach (var (kind, name) in sources
                .Append(Need("secret", volume.Secret?.SecretName, volume.Secret?.Optional))
                .Append(Need("configmap", volume.ConfigMap?.Name, volume.ConfigMap?.Optional))
                .Where(need => need.Name is not null))
            {
                if (await DataAsync(kind, name!, ct) is null)
                {
                    return $"MountVolume.SetUp failed for volume \"{volume.Name}\" : {kind} \"{name}\" not found";
                }
            }
        }

        return null;

        static (string Kind, string? Name) Need(string kind, string? name, bool? optional) => (kind, optional == true ? null : name);
    }

    /// <summary>The content of a file in a container; null when there is none.</summary>
    public async Task<byte[]?> ReadAsync(V1Container container, string path, CancellationToken ct)
    {
        var mount = (container.VolumeMounts ?? [])
            .Where(mount => path == mount.MountPath || path.StartsWith(mount.MountPath.TrimEnd('/') + "/", StringComparison.Ordinal))
            .OrderByDescending(mount => mount.MountPath.Length)
            .FirstOrDefault();
        if (mount is null)
        {
            // A server without the ServiceAccount admission plugin mounts nothing there; the container expects it all the same.
            return path.StartsWith(ServiceAccountPath, StringComparison.Ordinal) && pod.Spec.AutomountServiceAccountToken != false
                ? await ServiceAccountFileAsync(path[ServiceAccountPath.Length..], ct)
                : null;
        }

        var relative = path.Length > mount.MountPath.Length ? path[mount.MountPath.Length..].TrimStart('/') : "";
        relative = string.IsNullOrEmpty(mount.SubPath) ? relative : $"{mount.SubPath.TrimEnd('/')}/{relative}".TrimEnd('/');
        var volume = (pod.Spec.Volumes ?? []).FirstOrDefault(volume => volume.Name == mount.Name);
        return volume switch
        {
            { Secret: { } secret } => Pick(await DataAsync("secret", secret.SecretName, ct), secret.Items, relative),
            { ConfigMap: { } map } => Pick(await DataAsync("configmap", map.Name, ct), map.Items, relative),
            { DownwardAPI.Items: { } items } => Downward(items, relative),
            { Projected.Sources: { } sources } => await ProjectedAsync(sources, relative, ct),
            _ => null,
        };
    }

    /// <summary>The cluster as the pod's service account may use it.</summary>
    public async Task<ClusterConnection> ConnectAsync(CancellationToken ct)
    {
        // A client in a cluster reads its token anew each hour; a connection has one token, so this one lives as long as any pod.
        var token = await TokenAsync(365 * 24 * 3600, null, ct);
        return context.Api.Cluster with { Token = token };
    }

    /// <summary>The keys and values of a secret or config map; null when it is not there.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>?> DataAsync(string kind, string name, CancellationToken ct)
    {
        if (kind == "secret")
        {
            var secret = await PersistAsync(() => context.Api.FindAsync<V1Secret>(Namespace, name, ct), ct);
            return secret is null ? null : new Dictionary<string, byte[]>(secret.Data ?? new Dictionary<string, byte[]>());
        }

        var map = await PersistAsync(() => context.Api.FindAsync<V1ConfigMap>(Namespace, name, ct), ct);
        return map is null
            ? null
            : (map.Data ?? new Dictionary<string, string>()).Select(pair => KeyValuePair.Create(pair.Key, Encoding.UTF8.GetBytes(pair.Value)))
                .Concat(map.BinaryData ?? new Dictionary<string, byte[]>())
                .ToDictionary();
    }

    /// <summary>A field of the pod as the downward API gives it.</summary>
    public string? Field(string path, string? address)
    {
        string? Keyed(string prefix, IDictionary<string, string>? map) =>
            path.StartsWith(prefix + "['", StringComparison.Ordinal) ? (map is not null && map.TryGetValue(path[(prefix.Length + 2)..^2], out var value) ? value : "") : null;
        return path switch
        {
            "metadata.name" => pod.Metadata.Name,
            "metadata.namespace" => Namespace,
            "metadata.uid" => pod.Metadata.Uid,
            "metadata.labels" => Lines(pod.Metadata.Labels),
            "metadata.annotations" => Lines(pod.Metadata.Annotations),
            "spec.nodeName" => pod.Spec.NodeName,
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "default",
            "status.podIP" or "status.podIPs" => address,
            "status.hostIP" or "status.hostIPs" => pod.Status?.HostIP,
            _ => Keyed("metadata.labels", pod.Metadata.Labels) ?? Keyed("metadata.annotations", pod.Metadata.Annotations),
        };
    }

    private static string Lines(IDictionary<string, string>? map) =>
        string.Concat((map ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}=\"{pair.Value}\"\n"));

    private static byte[]? Pick(IReadOnlyDictionary<string, byte[]>? data, IList<V1KeyToPath>? items, string relative)
    {
        var key = items is { Count: > 0 } ? items.FirstOrDefault(item => item.Path == relative)?.Key : relative;
        return key is null ? null : data?.GetValueOrDefault(key);
    }

    private byte[]? Downward(IEnumerable<V1DownwardAPIVolumeFile> items, string relative) =>
        items.FirstOrDefault(item => item.Path == relative)?.FieldRef is { } field && Field(field.FieldPath, pod.Status?.PodIP) is { } value
            ? Encoding.UTF8.GetBytes(value)
            : null;

    private async Task<byte[]?> ProjectedAsync(IEnumerable<V1VolumeProjection> sources, string relative, CancellationToken ct)
    {
        foreach (var source in sources)
        {
            var content = source switch
            {
                { ServiceAccountToken: { } token } when token.Path == relative =>
                    Encoding.UTF8.GetBytes(await TokenAsync(token.ExpirationSeconds ?? 3600, token.Audience, ct)),
                { Secret: { } secret } => Pick(await DataAsync("secret", secret.Name, ct), secret.Items, relative),
                { ConfigMap: { } map } => Pick(await DataAsync("configmap", map.Name, ct), map.Items, relative),
                { DownwardAPI.Items: { } items } => Downward(items, relative),
                _ => null,
            };
            if (content is not null)
            {
                return content;
            }
        }

        return null;
    }

    private async Task<byte[]?> ServiceAccountFileAsync(string name, CancellationToken ct) => name switch
    {
        "token" => Encoding.UTF8.GetBytes(await TokenAsync(3600, null, ct)),
        "ca.crt" => Encoding.UTF8.GetBytes(context.Api.Cluster.AuthorityPem),
        "namespace" => Encoding.UTF8.GetBytes(Namespace),
        _ => null,
    };

    private async Task<string> TokenAsync(long seconds, string? audience, CancellationToken ct)
    {
        var account = string.IsNullOrEmpty(pod.Spec.ServiceAccountName) ? "default" : pod.Spec.ServiceAccountName;
        var request = new Authenticationv1TokenRequest
        {
            ApiVersion = "authentication.k8s.io/v1",
            Kind = "TokenRequest",
            Metadata = new V1ObjectMeta { Name = account, NamespaceProperty = Namespace },
            Spec = new V1TokenRequestSpec
            {
                Audiences = audience is null ? [] : [audience],
                ExpirationSeconds = seconds,
                BoundObjectRef = new V1BoundObjectReference { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
            },
        };
        var path = ResourcePath.Of<V1ServiceAccount>().Path(Namespace, account, "token");
        var answer = await PersistAsync(
            () => context.Api.SendAsync<Authenticationv1TokenRequest>(HttpMethod.Post, path, request, "application/json", ct), ct);
        return answer.Status.Token;
    }

    private Task<T> PersistAsync<T>(Func<Task<T>> action, CancellationToken ct) => Persistence.UntilAnsweredAsync(context.Clock, action, ct);
}
