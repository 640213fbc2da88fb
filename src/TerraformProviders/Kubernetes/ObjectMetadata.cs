using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>The <c>metadata</c> block that every kind has.</summary>
internal static class ObjectMetadata
{
    /// <summary>Namespace and name of an object, from its <c>id</c> or its metadata.</summary>
    public static (string? Namespace, string Name) Address(ObjectKind kind, TfObject state)
    {
        var id = state.String("id") ?? "";
        if (id.Length == 0)
        {
            var metadata = state.Block("metadata");
            return (kind.Namespaced ? metadata?.String("namespace") ?? "default" : null, metadata?.String("name") ?? "");
        }

        var slash = id.IndexOf('/', StringComparison.Ordinal);
        return kind.Namespaced ? (slash < 0 ? "default" : id[..slash], id[(slash + 1)..]) : (null, id);
    }

    /// <summary>The id of a live object.</summary>
    public static string Id(ObjectKind kind, JsonObject live) =>
        kind.Namespaced ? $"{live["metadata"]?["namespace"]}/{live["metadata"]?["name"]}" : $"{live["metadata"]?["name"]}";

    /// <summary>
    /// Reads it. Labels and annotations that Kubernetes itself gives (<c>kubernetes.io/…</c>) are nobody's drift unless
    /// the state has them.
    /// </summary>
    public static TfObject Read(Block block, JsonObject live, TfObject? known)
    {
        var result = ObjectReader.Read(block, live, null);
        foreach (var name in (string[])["labels", "annotations"])
        {
            var before = known?.Map(name) ?? new Dictionary<string, string>();
            var entries = result.Map(name).Where(entry => before.ContainsKey(entry.Key) || !IsInternal(entry.Key)).ToList();
            result[name] = entries.Count == 0 && known?[name].IsNull != false ? TfValue.Null : TfValue.Map(entries);
        }

        return result;
    }

    private static bool IsInternal(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var domain = slash < 0 ? "" : key[..slash];
        return domain == "kubernetes.io" || domain.EndsWith(".kubernetes.io", StringComparison.Ordinal);
    }
}
