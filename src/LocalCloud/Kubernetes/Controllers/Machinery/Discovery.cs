using System.Text.Json;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>A kind that the API serves.</summary>
public sealed record ServedKind(ResourcePath Path, bool Namespaced, IReadOnlyList<string> Verbs);

/// <summary>Asks the API what it serves, in the aggregated form: two requests, however many groups there are.</summary>
public static class Discovery
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <summary>All kinds, each in its group's preferred version.</summary>
    public static async Task<IReadOnlyList<ServedKind>> AllAsync(ClusterApi api, CancellationToken ct)
    {
        var kinds = new List<ServedKind>();
        foreach (var root in new[] { "api", "apis" })
        {
            using var answer = await api.OpenAsync(root, Aggregated, ct);
            using var document = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(ct), default, ct);
            foreach (var group in document.RootElement.GetProperty("items").EnumerateArray())
            {
                var name = group.GetProperty("metadata").TryGetProperty("name", out var text) ? text.GetString() ?? "" : "";
                kinds.AddRange(Kinds(name, group));
            }
        }

        return kinds;
    }

    private static IEnumerable<ServedKind> Kinds(string group, JsonElement description)
    {
        // Versions come in the order of preference; a later one counts for kinds that no earlier one has.
        var seen = new HashSet<string>();
        foreach (var version in description.GetProperty("versions").EnumerateArray())
        {
            var apiVersion = group.Length == 0 ? version.GetProperty("version").GetString()! : $"{group}/{version.GetProperty("version").GetString()}";
            foreach (var resource in version.TryGetProperty("resources", out var resources) ? resources.EnumerateArray() : [])
            {
                var plural = resource.GetProperty("resource").GetString()!;
                if (!seen.Add(plural))
                {
                    continue;
                }

                yield return new ServedKind(
                    new ResourcePath(apiVersion, resource.GetProperty("responseKind").GetProperty("kind").GetString()!, plural),
                    resource.GetProperty("scope").GetString() == "Namespaced",
                    [.. resource.GetProperty("verbs").EnumerateArray().Select(verb => verb.GetString()!)]);
            }
        }
    }
}
