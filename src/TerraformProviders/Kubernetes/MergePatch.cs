using System.Text.Json.Nodes;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>JSON merge patches (RFC 7396).</summary>
internal static class MergePatch
{
    /// <summary>What leads from one object to the other; empty when nothing differs.</summary>
    public static JsonObject Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, _) in before.Where(entry => !after.ContainsKey(entry.Key)))
        {
            patch[name] = null;
        }

        foreach (var (name, value) in after)
        {
            if (value is JsonObject now && before[name] is JsonObject was)
            {
                if (Between(was, now) is { Count: > 0 } inner)
                {
                    patch[name] = inner;
                }
            }
            else if (!JsonNode.DeepEquals(before[name], value))
            {
                patch[name] = value?.DeepClone();
            }
        }

        return patch;
    }

    /// <summary>Whether a live object has all that a manifest says; lists are compared as a whole.</summary>
    public static bool Contains(JsonNode? live, JsonNode? manifest) => (live, manifest) switch
    {
        (_, null) => true,
        (JsonObject has, JsonObject says) => says.All(entry => Contains(has[entry.Key], entry.Value)),
        (JsonArray has, JsonArray says) => has.Count == says.Count && has.Zip(says).All(pair => Contains(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(live, manifest),
    };
}
