using System.Text.Json;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>An object of any kind: its metadata, and everything else as it came.</summary>
public sealed class ClusterObject : IKubernetesObject<V1ObjectMeta>
{
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Spec, status and the like.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Rest { get; set; } = [];

    /// <summary>A text of it by its path below the metadata, <c>spec/target/name</c>; null when there is none.</summary>
    public string? Text(params ReadOnlySpan<string> path) =>
        At(path) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    /// <summary>What stands at a path; null when nothing does.</summary>
    public JsonElement? At(params ReadOnlySpan<string> path)
    {
        if (path.Length == 0 || !Rest.TryGetValue(path[0], out var found))
        {
            return null;
        }

        foreach (var step in path[1..])
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(step, out found))
            {
                return null;
            }
        }

        return found;
    }

    /// <summary>A condition of its status; null when it has none of that type.</summary>
    public (string Status, string Message)? Condition(string type)
    {
        if (!Rest.TryGetValue("status", out var status) || status.ValueKind is not JsonValueKind.Object
            || !status.TryGetProperty("conditions", out var conditions))
        {
            return null;
        }

        foreach (var condition in conditions.EnumerateArray())
        {
            if (condition.GetProperty("type").GetString() == type)
            {
                return (condition.GetProperty("status").GetString() ?? "",
                    condition.TryGetProperty("message", out var message) ? message.GetString() ?? "" : "");
            }
        }

        return null;
    }
}

/// <summary>Which object, by what a manifest says of it.</summary>
public sealed record ObjectReference(string ApiVersion, string Kind, string? Namespace, string Name)
{
    public override string ToString() => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";

    /// <summary>The objects of a manifest; documents that are none are left out.</summary>
    public static IReadOnlyList<ObjectReference> ReadAll(string manifest)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(manifest));
        }
        catch (YamlException)
        {
            return [];
        }

        return [.. stream.Documents.Select(document => Read(document.RootNode)).OfType<ObjectReference>()];
    }

    private static ObjectReference? Read(YamlNode node) =>
        node is YamlMappingNode map && Text(map, "apiVersion") is { } version && Text(map, "kind") is { } kind
            && map.Children.TryGetValue("metadata", out var metadata) && metadata is YamlMappingNode meta && Text(meta, "name") is { } name
            ? new ObjectReference(version, kind, Text(meta, "namespace"), name)
            : null;

    private static string? Text(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var value) && value is YamlScalarNode scalar ? scalar.Value : null;
}

/// <summary>Reads objects of kinds that are known only by name.</summary>
public sealed class ClusterObjects(Cluster cluster)
{
    // A handful at a time: quick enough for a release of hundreds, and no burden for the API.
    private const int Parallel = 8;

    private Dictionary<string, string>? _groups;
    private readonly Dictionary<string, Task<IReadOnlyDictionary<string, V1APIResource>>> _kinds = new(StringComparer.Ordinal);

    /// <summary>Those of the given objects that the API itself says are not there.</summary>
    public async Task<IReadOnlyList<ObjectReference>> MissingAsync(
        IEnumerable<ObjectReference> objects, string defaultNamespace, CancellationToken ct)
    {
        var missing = new List<ObjectReference>();
        await System.Threading.Tasks.Parallel.ForEachAsync(
            objects, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (wanted, token) =>
            {
                if (await FindAsync(wanted, defaultNamespace, token) is null)
                {
                    lock (missing)
                    {
                        missing.Add(wanted);
                    }
                }
            });
        return missing;
    }

    /// <summary>One object; null when the API says that it, or its kind, is not there.</summary>
    public async Task<ClusterObject?> FindAsync(ObjectReference wanted, string defaultNamespace, CancellationToken ct)
    {
        if (await KindAsync(wanted.ApiVersion, wanted.Kind, ct) is not { } kind)
        {
            return null;
        }

        var client = ClientFor(wanted.ApiVersion, kind);
        return await Cluster.FindAsync(() => kind.Namespaced
            ? client.ReadNamespacedAsync<ClusterObject>(wanted.Namespace ?? defaultNamespace, wanted.Name, ct)
            : client.ReadAsync<ClusterObject>(wanted.Name, ct));
    }

    /// <summary>Where the API has an object; null when its kind is not served.</summary>
    public async Task<string?> PathAsync(ObjectReference wanted, string defaultNamespace, CancellationToken ct)
    {
        if (await KindAsync(wanted.ApiVersion, wanted.Kind, ct) is not { } kind)
        {
            return null;
        }

        var root = wanted.ApiVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{wanted.ApiVersion}" : $"api/{wanted.ApiVersion}";
        var space = kind.Namespaced ? $"/namespaces/{wanted.Namespace ?? defaultNamespace}" : "";
        return $"{root}{space}/{kind.Name}/{Uri.EscapeDataString(wanted.Name)}";
    }

    /// <summary>Every object of a kind, in one namespace or all; none when the kind is not served.</summary>
    public async Task<IReadOnlyList<ClusterObject>> ListAsync(string apiVersion, string kindName, string? @namespace, CancellationToken ct)
    {
        if (await KindAsync(apiVersion, kindName, ct) is not { } kind)
        {
            return [];
        }

        var client = ClientFor(apiVersion, kind);
        var list = await Cluster.FindAsync(() => @namespace is not null && kind.Namespaced
            ? client.ListNamespacedAsync<ClusterObjectList>(@namespace, cancel: ct)
            : client.ListAsync<ClusterObjectList>(cancel: ct));
        return [.. list?.Items ?? []];
    }

    /// <summary>Every object of a resource, named <c>plural.group</c> as the API's own messages have it; null when it is not served.</summary>
    public async Task<IReadOnlyList<ClusterObject>?> ListResourceAsync(string resource, string? @namespace, CancellationToken ct)
    {
        if (await ResourceAsync(resource, ct) is not { } client)
        {
            return null;
        }

        var list = await Cluster.FindAsync(() => @namespace is not null
            ? client.ListNamespacedAsync<ClusterObjectList>(@namespace, cancel: ct)
            : client.ListAsync<ClusterObjectList>(cancel: ct));
        return list is null ? null : [.. list.Items];
    }

    /// <summary>A client for a resource, in the version that the API prefers; null when its group is not served.</summary>
    public async Task<GenericClient?> ResourceAsync(string resource, CancellationToken ct)
    {
        var dot = resource.IndexOf('.', StringComparison.Ordinal);
        var (plural, group) = dot < 0 ? (resource, "") : (resource[..dot], resource[(dot + 1)..]);
        if (group.Length == 0)
        {
            return new GenericClient(cluster.Client, "", "v1", plural, disposeClient: false);
        }

        _groups ??= (await cluster.Api.Apis.GetAPIVersionsAsync(ct)).Groups.ToDictionary(found => found.Name, found => found.PreferredVersion.Version, StringComparer.Ordinal);
        return _groups.TryGetValue(group, out var version) ? new GenericClient(cluster.Client, group, version, plural, disposeClient: false) : null;
    }

    private GenericClient ClientFor(string apiVersion, V1APIResource kind)
    {
        var (group, version) = Split(apiVersion);
        return new GenericClient(cluster.Client, group, version, kind.Name, disposeClient: false);
    }

    private async Task<V1APIResource?> KindAsync(string apiVersion, string kind, CancellationToken ct)
    {
        Task<IReadOnlyDictionary<string, V1APIResource>> kinds;
        lock (_kinds)
        {
            kinds = _kinds.TryGetValue(apiVersion, out var known) && !known.IsFaulted && !known.IsCanceled
                ? known : _kinds[apiVersion] = DiscoverAsync(apiVersion, ct);
        }

        return (await kinds).GetValueOrDefault(kind);
    }

    private async Task<IReadOnlyDictionary<string, V1APIResource>> DiscoverAsync(string apiVersion, CancellationToken ct)
    {
        var (group, version) = Split(apiVersion);
        var list = await Cluster.FindAsync(() => group.Length == 0
            ? cluster.Api.CoreV1.GetAPIResourcesAsync(ct)
            : cluster.Api.CustomObjects.GetAPIResourcesAsync(group, version, ct));
        return (list?.Resources ?? [])
            .Where(resource => !resource.Name.Contains('/', StringComparison.Ordinal))
            .DistinctBy(resource => resource.Kind)
            .ToDictionary(resource => resource.Kind, StringComparer.Ordinal);
    }

    private static (string Group, string Version) Split(string apiVersion) =>
        apiVersion.Split('/') is [var group, var version] ? (group, version) : ("", apiVersion);

    private sealed class ClusterObjectList : IKubernetesObject<V1ListMeta>, IItems<ClusterObject>
    {
        [JsonPropertyName("apiVersion")]
        public string ApiVersion { get; set; } = "";

        [JsonPropertyName("kind")]
        public string Kind { get; set; } = "";

        [JsonPropertyName("metadata")]
        public V1ListMeta Metadata { get; set; } = new();

        [JsonPropertyName("items")]
        public IList<ClusterObject> Items { get; set; } = [];
    }
}
