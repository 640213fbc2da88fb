using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>A wish to have a Kubernetes secret made from a store's secrets.</summary>
[KubernetesEntity(Group = "external-secrets.io", ApiVersion = "v1", Kind = "ExternalSecret", PluralName = "externalsecrets")]
public sealed record ExternalSecret : IKubernetesObject<V1ObjectMeta>
{
    /// <inheritdoc />
    public string? ApiVersion { get; set; }

    /// <inheritdoc />
    public string? Kind { get; set; }

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What is wished.</summary>
    public ExternalSecretSpec Spec { get; set; } = new();

    /// <summary>What became of it.</summary>
    public ExternalSecretStatus? Status { get; set; }

    /// <summary>The Kubernetes secret's name.</summary>
    public string TargetName => Spec.Target?.Name is { Length: > 0 } name ? name : Metadata.Name;
}

/// <summary>What is wished.</summary>
public sealed record ExternalSecretSpec
{
    /// <summary>How often the store is asked again; 0: never.</summary>
    public string? RefreshInterval { get; set; }

    /// <summary>Periodic, OnChange or CreatedOnce.</summary>
    public string? RefreshPolicy { get; set; }

    /// <summary>The store.</summary>
    public StoreReference? SecretStoreRef { get; set; }

    /// <summary>The Kubernetes secret.</summary>
    public ExternalSecretTarget? Target { get; set; }

    /// <summary>Single values.</summary>
    public List<ExternalSecretData>? Data { get; set; }

    /// <summary>Whole secrets.</summary>
    public List<ExternalSecretDataFrom>? DataFrom { get; set; }
}

/// <summary>Names a store.</summary>
public sealed record StoreReference
{
    /// <summary>Its name.</summary>
    public string? Name { get; set; }

    /// <summary>SecretStore, when nothing is said, or ClusterSecretStore.</summary>
    public string? Kind { get; set; }
}

/// <summary>The Kubernetes secret to make.</summary>
public sealed record ExternalSecretTarget
{
    /// <summary>Its name; without it, that of the wish.</summary>
    public string? Name { get; set; }

    /// <summary>Owner, Orphan, Merge or None.</summary>
    public string? CreationPolicy { get; set; }

    /// <summary>Retain, Delete or Merge.</summary>
    public string? DeletionPolicy { get; set; }

    /// <summary>Whether it may never change.</summary>
    public bool? Immutable { get; set; }

    /// <summary>How it shall look.</summary>
    public SecretTemplate? Template { get; set; }
}

/// <summary>How the Kubernetes secret shall look.</summary>
public sealed record SecretTemplate
{
    /// <summary>Its type.</summary>
    public string? Type { get; set; }

    /// <summary>Replace or Merge.</summary>
    public string? MergePolicy { get; set; }

    /// <summary>Keys and templates.</summary>
    public Dictionary<string, string>? Data { get; set; }

    /// <summary>Its labels and annotations.</summary>
    public TemplateMetadata? Metadata { get; set; }
}

/// <summary>Labels and annotations.</summary>
public sealed record TemplateMetadata
{
    /// <summary>Labels.</summary>
    public Dictionary<string, string>? Labels { get; set; }

    /// <summary>Annotations.</summary>
    public Dictionary<string, string>? Annotations { get; set; }
}

/// <summary>One value.</summary>
public sealed record ExternalSecretData
{
    /// <summary>The key it gets.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>Where it is.</summary>
    public RemoteReference RemoteRef { get; set; } = new();

    /// <summary>Another store for this value.</summary>
    public SourceReference? SourceRef { get; set; }
}

/// <summary>All values of a secret.</summary>
public sealed record ExternalSecretDataFrom
{
    /// <summary>The secret whose keys are taken.</summary>
    public RemoteReference? Extract { get; set; }

    /// <summary>How secrets are searched for.</summary>
    public FindReference? Find { get; set; }

    /// <summary>Another store for them.</summary>
    public SourceReference? SourceRef { get; set; }

    /// <summary>How the keys are renamed.</summary>
    public List<Rewrite>? Rewrite { get; set; }
}

/// <summary>A place in a store.</summary>
public sealed record RemoteReference
{
    /// <summary>The secret.</summary>
    public string Key { get; set; } = "";

    /// <summary>A field in it, with dots for the way down.</summary>
    public string? Property { get; set; }

    /// <summary>A stage, or <c>uuid/…</c>.</summary>
    public string? Version { get; set; }

    /// <summary>None, Base64, Base64URL or Auto.</summary>
    public string? DecodingStrategy { get; set; }
}

/// <summary>A search.</summary>
public sealed record FindReference
{
    /// <summary>The beginning of the names.</summary>
    public string? Path { get; set; }

    /// <summary>A pattern for names.</summary>
    public FindName? Name { get; set; }
}

/// <summary>A pattern for names.</summary>
public sealed record FindName
{
    /// <summary>The regular expression.</summary>
    public string? Regexp { get; set; }
}

/// <summary>Names another store.</summary>
public sealed record SourceReference
{
    /// <summary>The store.</summary>
    public StoreReference? StoreRef { get; set; }
}

/// <summary>A renaming of keys.</summary>
public sealed record Rewrite
{
    /// <summary>By regular expression.</summary>
    public RegexpRewrite? Regexp { get; set; }
}

/// <summary>A renaming by regular expression.</summary>
public sealed record RegexpRewrite
{
    /// <summary>What is looked for.</summary>
    public string Source { get; set; } = "";

    /// <summary>What is put in its place.</summary>
    public string Target { get; set; } = "";
}

/// <summary>What became of a wish.</summary>
public sealed record ExternalSecretStatus
{
    /// <summary>When the store was last asked with success.</summary>
    public DateTime? RefreshTime { get; set; }

    /// <summary>Generation and hash of the metadata at that time.</summary>
    public string? SyncedResourceVersion { get; set; }

    /// <summary>The secret that was made.</summary>
    public V1LocalObjectReference? Binding { get; set; }

    /// <summary>Ready or not, and why.</summary>
    public List<StatusCondition> Conditions { get; set; } = [];
}
