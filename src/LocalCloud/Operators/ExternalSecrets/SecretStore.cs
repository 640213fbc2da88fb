using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>A store of secrets, of one namespace or of the whole cluster.</summary>
public interface ISecretStore : IKubernetesObject<V1ObjectMeta>
{
    /// <summary>What it should be.</summary>
    SecretStoreSpec? Spec { get; }

    /// <summary>What it is.</summary>
    SecretStoreStatus? Status { get; set; }
}

/// <summary>A store of one namespace.</summary>
[KubernetesEntity(Group = "external-secrets.io", ApiVersion = "v1", Kind = "SecretStore", PluralName = "secretstores")]
public sealed record SecretStore : ISecretStore
{
    /// <inheritdoc />
    public string? ApiVersion { get; set; }

    /// <inheritdoc />
    public string? Kind { get; set; }

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <inheritdoc />
    public SecretStoreSpec? Spec { get; set; }

    /// <inheritdoc />
    public SecretStoreStatus? Status { get; set; }
}

/// <summary>A store of the whole cluster.</summary>
[KubernetesEntity(Group = "external-secrets.io", ApiVersion = "v1", Kind = "ClusterSecretStore", PluralName = "clustersecretstores")]
public sealed record ClusterSecretStore : ISecretStore
{
    /// <inheritdoc />
    public string? ApiVersion { get; set; }

    /// <inheritdoc />
    public string? Kind { get; set; }

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <inheritdoc />
    public SecretStoreSpec? Spec { get; set; }

    /// <inheritdoc />
    public SecretStoreStatus? Status { get; set; }
}

/// <summary>What a store should be.</summary>
public sealed record SecretStoreSpec
{
    /// <summary>The class of controller it is for.</summary>
    public string? Controller { get; set; }

    /// <summary>Seconds between two looks at it.</summary>
    public int? RefreshInterval { get; set; }

    /// <summary>Where its secrets are.</summary>
    public StoreProvider? Provider { get; set; }

    /// <summary>Who may use a cluster's store; any of these.</summary>
    public List<StoreCondition>? Conditions { get; set; }
}

/// <summary>Where the secrets of a store are; of the real operator's many providers this one.</summary>
public sealed record StoreProvider
{
    /// <summary>AWS.</summary>
    public AwsProvider? Aws { get; set; }
}

/// <summary>A store in AWS.</summary>
public sealed record AwsProvider
{
    /// <summary>SecretsManager or ParameterStore.</summary>
    public string? Service { get; set; }

    /// <summary>The region.</summary>
    public string? Region { get; set; }

    /// <summary>A role to take on.</summary>
    public string? Role { get; set; }

    /// <summary>What stands before every key.</summary>
    public string? Prefix { get; set; }

    /// <summary>Whom to be.</summary>
    public AwsAuth? Auth { get; set; }
}

/// <summary>Whom to be in AWS.</summary>
public sealed record AwsAuth
{
    /// <summary>The role that a service account is annotated with.</summary>
    public JwtAuth? Jwt { get; set; }

    /// <summary>Keys in Kubernetes secrets.</summary>
    public KeyAuth? SecretRef { get; set; }
}

/// <summary>Names a service account.</summary>
public sealed record JwtAuth
{
    /// <summary>The service account.</summary>
    public ServiceAccountReference? ServiceAccountRef { get; set; }
}

/// <summary>A service account.</summary>
public sealed record ServiceAccountReference
{
    /// <summary>Its name.</summary>
    public string? Name { get; set; }

    /// <summary>Its namespace, for cluster stores.</summary>
    public string? Namespace { get; set; }
}

/// <summary>Keys in Kubernetes secrets.</summary>
public sealed record KeyAuth
{
    /// <summary>The access key's id.</summary>
    public SecretKeyReference? AccessKeyIDSecretRef { get; set; }

    /// <summary>The secret access key.</summary>
    public SecretKeyReference? SecretAccessKeySecretRef { get; set; }
}

/// <summary>One key of a Kubernetes secret.</summary>
public sealed record SecretKeyReference
{
    /// <summary>The secret.</summary>
    public string? Name { get; set; }

    /// <summary>Its namespace, for cluster stores.</summary>
    public string? Namespace { get; set; }

    /// <summary>The key.</summary>
    public string? Key { get; set; }
}

/// <summary>Which namespaces may use a cluster's store.</summary>
public sealed record StoreCondition
{
    /// <summary>By name.</summary>
    public List<string>? Namespaces { get; set; }

    /// <summary>By pattern of the name.</summary>
    public List<string>? NamespaceRegexes { get; set; }

    /// <summary>By label.</summary>
    public V1LabelSelector? NamespaceSelector { get; set; }
}

/// <summary>What a store is.</summary>
public sealed record SecretStoreStatus
{
    /// <summary>ReadWrite for AWS.</summary>
    public string? Capabilities { get; set; }

    /// <summary>Whether it can be used.</summary>
    public List<StatusCondition> Conditions { get; set; } = [];
}

/// <summary>A condition in a status.</summary>
public sealed record StatusCondition
{
    /// <summary><c>Ready</c>.</summary>
    public string Type { get; set; } = "";

    /// <summary>True, False or Unknown.</summary>
    public string Status { get; set; } = "";

    /// <summary>One word.</summary>
    public string? Reason { get; set; }

    /// <summary>A sentence.</summary>
    public string? Message { get; set; }

    /// <summary>Since when the status is that.</summary>
    public DateTime? LastTransitionTime { get; set; }

    /// <summary>Puts a condition in the place of the older one of its type; its time stays when nothing but the time differs.</summary>
    public static List<StatusCondition> With(IEnumerable<StatusCondition> conditions, StatusCondition newer)
    {
        var all = conditions.ToList();
        var old = all.Find(condition => condition.Type == newer.Type);
        all.RemoveAll(condition => condition.Type == newer.Type);
        all.Add(old is not null && old.Status == newer.Status ? newer with { LastTransitionTime = old.LastTransitionTime } : newer);
        return all;
    }
}
