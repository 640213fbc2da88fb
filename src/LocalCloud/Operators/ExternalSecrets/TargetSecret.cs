using System.Security.Cryptography;
using System.Text;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>What the Kubernetes secret of a wish has to be. Nothing here talks to anybody.</summary>
internal static class TargetSecret
{
    /// <summary>Marks secrets that the operator made or changed.</summary>
    public const string ManagedLabel = "reconcile.external-secrets.io/managed";

    /// <summary>Holds a hash of the data that the operator wrote.</summary>
    public const string HashAnnotation = "reconcile.external-secrets.io/data-hash";

    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Makes the secret, new or from the one that is there.</summary>
    /// <param name="wish">The wish.</param>
    /// <param name="existing">The secret that is there; it is not changed.</param>
    /// <param name="data">What the store gave.</param>
    /// <exception cref="StoreException">The template cannot be rendered, or another wish owns the secret.</exception>
    public static V1Secret Build(ExternalSecret wish, V1Secret? existing, Dictionary<string, byte[]> data)
    {
        var secret = existing is null
            ? new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = wish.TargetName, NamespaceProperty = wish.Metadata.NamespaceProperty },
                Type = wish.Spec.Target?.Template?.Type ?? "Opaque",
            }
            : Facts.Copy(existing);
        var target = wish.Spec.Target;
        if (existing is null || target?.Immutable is not true)
        {
            var values = Values(target?.Template, data);
            secret.Data = target?.CreationPolicy == "Merge" && existing?.Data is { } kept
                ? kept.Concat(values).GroupBy(value => value.Key).ToDictionary(value => value.Key, value => value.Last().Value)
                : values;
            CopyMetadata(wish, secret);
        }

        secret.Immutable = target?.Immutable is true ? true : secret.Immutable;
        Own(wish, secret);
        secret.Metadata.Labels ??= new Dictionary<string, string>();
        secret.Metadata.Annotations ??= new Dictionary<string, string>();
        secret.Metadata.Labels[ManagedLabel] = "true";
        secret.Metadata.Annotations[HashAnnotation] = Hash(secret.Data);
        return secret;
    }

    /// <summary>Whether a secret still holds what the operator wrote.</summary>
    public static bool IsIntact(V1Secret? secret) =>
        secret?.Metadata.Annotations is { } annotations
        && annotations.TryGetValue(HashAnnotation, out var hash)
        && secret.Metadata.Labels is { } labels && labels.TryGetValue(ManagedLabel, out var managed) && managed == "true"
        && hash == Hash(secret.Data);

    /// <summary>The name of the wish that controls a secret.</summary>
    public static string? OwnerOf(V1Secret secret) =>
        Facts.Controller(secret) is { Kind: "ExternalSecret" } owner && owner.ApiVersion.StartsWith("external-secrets.io/", StringComparison.Ordinal)
            ? owner.Name
            : null;

    private static Dictionary<string, byte[]> Values(SecretTemplate? template, Dictionary<string, byte[]> data)
    {
        if (template?.Data is not { Count: > 0 } rendered)
        {
            return new Dictionary<string, byte[]>(data);
        }

        var values = template.MergePolicy == "Merge" ? new Dictionary<string, byte[]>(data) : [];
        foreach (var (key, text) in rendered)
        {
            values[key] = Encoding.UTF8.GetBytes(SimpleTemplate.Render(key, text, data));
        }

        return values;
    }

    // Without a template the secret gets the wish's own labels and annotations; with one, those that it names.
    private static void CopyMetadata(ExternalSecret wish, V1Secret secret)
    {
        var template = wish.Spec.Target?.Template;
        var labels = template is null ? wish.Metadata.Labels : template.Metadata?.Labels;
        var annotations = template is null ? wish.Metadata.Annotations : template.Metadata?.Annotations;
        secret.Metadata.Labels = Merge(secret.Metadata.Labels, labels);
        secret.Metadata.Annotations = Merge(secret.Metadata.Annotations, annotations);
    }

    private static Dictionary<string, string> Merge(IDictionary<string, string>? old, IDictionary<string, string>? more)
    {
        var merged = new Dictionary<string, string>(old ?? new Dictionary<string, string>());
        foreach (var (key, value) in (more ?? new Dictionary<string, string>()).Where(pair => pair.Key != LastApplied))
        {
            merged[key] = value;
        }

        return merged;
    }

    private static void Own(ExternalSecret wish, V1Secret secret)
    {
        var owner = OwnerOf(secret);
        if (owner is not null && owner != wish.Metadata.Name)
        {
            throw new StoreException("target is owned by another ExternalSecret");
        }

        var others = (secret.Metadata.OwnerReferences ?? []).Where(reference => reference.Uid != wish.Metadata.Uid && reference.Controller != true).ToList();
        secret.Metadata.OwnerReferences = (wish.Spec.Target?.CreationPolicy ?? "Owner") == "Owner" ? [.. others, Facts.Reference(wish)] : others;
    }

    private static string Hash(IDictionary<string, byte[]>? data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, value) in (data ?? new Dictionary<string, byte[]>()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{key}\0{value.Length}\0"));
            hash.AppendData(value);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 14));
    }
}
