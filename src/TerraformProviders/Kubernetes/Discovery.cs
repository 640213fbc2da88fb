using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Resources;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>Finds where objects of a kind lie by asking the API.</summary>
internal static class Discovery
{
    /// <summary>The path of the object that a manifest names.</summary>
    public static async Task<string> LocateAsync(KubernetesProvider provider, JsonObject manifest, CancellationToken ct)
    {
        var (apiVersion, kind) = ($"{manifest["apiVersion"]}", $"{manifest["kind"]}");
        var root = apiVersion.Contains('/', StringComparison.Ordinal) ? $"/apis/{apiVersion}" : $"/api/{apiVersion}";
        var api = await provider.ApiAsync(ct);
        var resources = (await api.GetAsync(root, ct))?["resources"] as JsonArray ?? [];
        var found = resources.OfType<JsonObject>().FirstOrDefault(one =>
            $"{one["kind"]}" == kind && !$"{one["name"]}".Contains('/', StringComparison.Ordinal));
        if (found is null)
        {
            var group = apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion[..apiVersion.IndexOf('/', StringComparison.Ordinal)] : "";
            throw new ProviderException(
                "API did not recognize GroupVersionKind from manifest (CRD may not be installed)",
                $"no matches for kind \"{kind}\" in group \"{group}\"");
        }

        var name = $"{manifest["metadata"]?["name"]}";
        return found["namespaced"]?.GetValue<bool>() == true
            ? $"{root}/namespaces/{manifest["metadata"]?["namespace"] ?? "default"}/{found["name"]}/{name}"
            : $"{root}/{found["name"]}/{name}";
    }
}
