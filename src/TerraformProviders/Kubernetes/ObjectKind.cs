using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>A kind of the API that a resource type stands for.</summary>
/// <param name="Name">The type's name without <c>kubernetes_</c> and <c>_v1</c>.</param>
/// <param name="ApiVersion">Its group and version.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Plural">The kind's name in paths.</param>
/// <param name="Namespaced">Whether its objects lie in a namespace.</param>
internal sealed record ObjectKind(string Name, string ApiVersion, string Kind, string Plural, bool Namespaced)
{
    /// <summary>Arguments that cannot be changed, beyond the name and namespace.</summary>
    public IReadOnlyList<string> Immutable { get; init; } = [];

    /// <summary>What an argument is that is not written.</summary>
    public IReadOnlyDictionary<string, TfValue> Defaults { get; init; } = new Dictionary<string, TfValue>();

    /// <summary>Whether the type is there without <c>_v1</c> too.</summary>
    public bool HasUnversionedName { get; init; } = true;

    /// <summary>Whether there is a data source of it too.</summary>
    public bool HasDataSource { get; init; }

    /// <summary>The path of a collection.</summary>
    public string Collection(string? ns)
    {
        var root = ApiVersion.Contains('/', StringComparison.Ordinal) ? $"/apis/{ApiVersion}" : $"/api/{ApiVersion}";
        return Namespaced ? $"{root}/namespaces/{ns}/{Plural}" : $"{root}/{Plural}";
    }

    /// <summary>The path of an object.</summary>
    public string Path(string? ns, string name) => $"{Collection(ns)}/{name}";
}
