using System.Text.Json.Nodes;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Deployment;

/// <summary>
/// Brings the definitions in a chart's <c>crds/</c> up to what the chart needs, which helm never does. Versions and fields are
/// only added: what is served or stored stays, so that no object of another user of the definition is lost.
/// </summary>
public sealed class Definitions(Cluster cluster, TimeProvider clock)
{
    private const string Root = "apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>A definition as it is; null when it is not there.</summary>
    public async Task<JsonObject?> ReadAsync(string name, CancellationToken ct) =>
        (await cluster.SendAsync(HttpMethod.Get, $"{Root}/{name}", null, "application/json", ct)).Settled() is { IsSuccess: true } found ? found.Body : null;

    /// <summary>Applies a definition and waits until the API serves it; null, or why it does not.</summary>
    public async Task<Failure?> ApplyAsync(JsonObject definition, CancellationToken ct)
    {
        var name = ChartObject.Text(definition, "metadata", "name")!;
        var answer = await cluster.SendAsync(
            HttpMethod.Patch, $"{Root}/{name}?fieldManager=mayfly&force=true", definition, "application/apply-patch+yaml", ct);
        if (answer.IsInvalid)
        {
            return Failure.Of("crd-refused", "config_invalid", Disposition.FailPermanentUser,
                $"the cluster refuses the chart's definition {name}: {answer.Message}", "Correct the definition in the chart's crds/.") with
            {
                Tool = "kubectl",
            };
        }

        _ = answer.Settled();
        var started = clock.GetTimestamp();
        while (!await IsServedAsync(definition, ct))
        {
            if (clock.GetElapsedTime(started) > Patience)
            {
                return Failure.Of("crd-not-served", "k8s_crd_missing", Disposition.RetryAfterWait,
                    $"the cluster took the definition {name} and does not serve it", $"Look at its conditions: kubectl describe crd {name}.");
            }

            await Task.Delay(Pause, clock, ct);
        }

        return null;
    }

    /// <summary>What to apply so that a definition has all that the chart needs; null when it has. Pure.</summary>
    /// <param name="live">What is there; null: nothing.</param>
    /// <param name="wanted">What the chart brings.</param>
    public static JsonObject? Complete(JsonObject? live, JsonObject wanted)
    {
        var named = new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = ChartObject.Text(wanted, "metadata", "name") },
            ["spec"] = (live ?? wanted)["spec"]?.DeepClone(),
        };
        if (live is null)
        {
            return named;
        }

        var (had, needed) = (Versions(live), Versions(wanted));
        if (needed.All(version => had.TryGetValue(version.Key, out var old) && !Lacks(old, version.Value)))
        {
            return null;
        }

        var versions = new JsonArray();
        foreach (var (name, version) in needed)
        {
            versions.Add(had.TryGetValue(name, out var old) ? Joined(old, version) : version.DeepClone());
        }

        foreach (var (name, old) in had.Where(pair => !needed.ContainsKey(pair.Key)))
        {
            var kept = old.DeepClone().AsObject();
            kept["storage"] = false;
            versions.Add(kept);
        }

        named["spec"]!["versions"] = versions;
        if (wanted["spec"]?["conversion"] is { } conversion)
        {
            named["spec"]!["conversion"] = conversion.DeepClone();
        }

        return named;
    }

    private async Task<bool> IsServedAsync(JsonObject definition, CancellationToken ct)
    {
        var (group, kind) = (ChartObject.Text(definition, "spec", "group"), ChartObject.Text(definition, "spec", "names", "kind"));
        foreach (var (version, _) in Versions(definition).Where(pair => pair.Value["served"]?.GetValue<bool>() is true))
        {
            var list = (await cluster.SendAsync(HttpMethod.Get, $"apis/{group}/{version}", null, "application/json", ct)).Settled();
            if (!(list.Body["resources"] as JsonArray ?? []).OfType<JsonObject>().Any(resource => ChartObject.Text(resource, "kind") == kind))
            {
                return false;
            }
        }

        return true;
    }

    private static OrderedDictionary<string, JsonObject> Versions(JsonObject definition)
    {
        var versions = new OrderedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var version in (definition["spec"]?["versions"] as JsonArray ?? []).OfType<JsonObject>())
        {
            versions[ChartObject.Text(version, "name") ?? ""] = version;
        }

        return versions;
    }

    private static bool Lacks(JsonObject old, JsonObject needed) =>
        (needed["served"]?.GetValue<bool>() is true && old["served"]?.GetValue<bool>() is not true)
        || (needed["subresources"] is JsonObject wanted && wanted.Any(pair => (old["subresources"] as JsonObject)?.ContainsKey(pair.Key) is not true))
        || SchemaLacks(old["schema"]?["openAPIV3Schema"] as JsonObject, needed["schema"]?["openAPIV3Schema"] as JsonObject);

    private static bool SchemaLacks(JsonObject? old, JsonObject? needed)
    {
        if (needed is null || old?["x-kubernetes-preserve-unknown-fields"] is JsonValue open && open.GetValue<bool>())
        {
            return false;
        }

        if (old is null)
        {
            return true;
        }

        return (needed["properties"] as JsonObject ?? []).Any(pair => SchemaLacks(old["properties"]?[pair.Key] as JsonObject, pair.Value as JsonObject))
            || (needed["items"] is JsonObject items && SchemaLacks(old["items"] as JsonObject, items))
            || (needed["additionalProperties"] is JsonObject others && SchemaLacks(old["additionalProperties"] as JsonObject, others))
            || (old["enum"] is JsonArray words && (needed["enum"] as JsonArray ?? []).Any(word => !words.Any(known => JsonNode.DeepEquals(known, word))));
    }

    private static JsonObject Joined(JsonObject old, JsonObject needed)
    {
        var version = needed.DeepClone().AsObject();
        if (old["schema"]?["openAPIV3Schema"] is JsonObject schema && needed["schema"]?["openAPIV3Schema"] is JsonObject more)
        {
            version["schema"] = new JsonObject { ["openAPIV3Schema"] = JoinedSchema(schema, more) };
        }

        version["served"] = old["served"]?.GetValue<bool>() is true || needed["served"]?.GetValue<bool>() is true;
        return version;
    }

    // Fields of both; where they differ otherwise, the chart's word counts.
    private static JsonObject JoinedSchema(JsonObject old, JsonObject needed)
    {
        var joined = needed.DeepClone().AsObject();
        if (old["properties"] is JsonObject fields)
        {
            var all = new JsonObject();
            foreach (var (name, field) in needed["properties"] as JsonObject ?? [])
            {
                all[name] = field is JsonObject newer && fields[name] is JsonObject older ? JoinedSchema(older, newer) : field?.DeepClone();
            }

            foreach (var (name, field) in fields)
            {
                all.TryAdd(name, field?.DeepClone());
            }

            joined["properties"] = all;
        }

        foreach (var part in new[] { "items", "additionalProperties" })
        {
            if (old[part] is JsonObject older && needed[part] is JsonObject newer)
            {
                joined[part] = JoinedSchema(older, newer);
            }
        }

        return joined;
    }
}
