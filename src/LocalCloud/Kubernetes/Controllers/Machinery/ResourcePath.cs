using System.Collections.Concurrent;
using System.Reflection;
using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>Where objects of a kind are in the API.</summary>
/// <param name="ApiVersion"><c>v1</c>, <c>apps/v1</c>.</param>
/// <param name="Kind">The kind, <c>Deployment</c>.</param>
/// <param name="Plural">The resource, <c>deployments</c>.</param>
public sealed record ResourcePath(string ApiVersion, string Kind, string Plural)
{
    private static readonly ConcurrentDictionary<Type, ResourcePath> Known = new();

    /// <summary>The API group, empty for the core one.</summary>
    public string Group => ApiVersion.Contains('/') ? ApiVersion[..ApiVersion.IndexOf('/')] : "";

    /// <summary>The path of a model class.</summary>
    public static ResourcePath Of<T>() => Known.GetOrAdd(typeof(T), static type =>
    {
        var entity = type.GetCustomAttribute<KubernetesEntityAttribute>()
            ?? throw new InvalidOperationException($"{type.Name} is no Kubernetes object.");
        var version = string.IsNullOrEmpty(entity.Group) ? entity.ApiVersion : $"{entity.Group}/{entity.ApiVersion}";
        return new ResourcePath(version, entity.Kind, entity.PluralName);
    });

    /// <summary>The path of all objects, of those in a namespace, of one object, or of a subresource.</summary>
    public string Path(string? @namespace = null, string? name = null, string? subresource = null)
    {
        var root = ApiVersion.Contains('/') ? $"apis/{ApiVersion}" : $"api/{ApiVersion}";
        var path = string.IsNullOrEmpty(@namespace) ? $"{root}/{Plural}" : $"{root}/namespaces/{@namespace}/{Plural}";
        path = name is null ? path : $"{path}/{name}";
        return subresource is null ? path : $"{path}/{subresource}";
    }
}

/// <summary>An object of which only the metadata matters.</summary>
public sealed record MetadataOnly : IKubernetesObject<V1ObjectMeta>
{
    /// <inheritdoc />
    public string? ApiVersion { get; set; }

    /// <inheritdoc />
    public string? Kind { get; set; }

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();
}
