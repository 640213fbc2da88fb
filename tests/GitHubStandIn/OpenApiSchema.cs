using System.Text.Json.Nodes;

namespace Mayfly.GitHubStandIn;

/// <summary>Makes a JSON schema, complete in itself, of a schema of an OpenAPI 3.0 description: the two differ in how they allow null.</summary>
internal sealed class OpenApiSchema(JsonObject description)
{
    private const string Prefix = "#/components/schemas/";

    // Words for readers, and those with a meaning of their own in OpenAPI.
    private static readonly HashSet<string> Dropped =
        ["description", "example", "examples", "discriminator", "externalDocs", "xml", "deprecated", "readOnly", "writeOnly", "title", "format"];

    /// <summary>The schema with everything that it refers to.</summary>
    public JsonObject Of(JsonNode schema)
    {
        var definitions = new JsonObject();
        var wanted = new Queue<string>();
        var root = Convert(schema, wanted).AsObject();
        while (wanted.TryDequeue(out var name))
        {
            if (!definitions.ContainsKey(name))
            {
                definitions[name] = null;
                definitions[name] = Convert(description["components"]!["schemas"]![name]!, wanted);
            }
        }

        root["$defs"] = definitions;
        return root;
    }

    private static JsonNode Convert(JsonNode? node, Queue<string> wanted)
    {
        switch (node)
        {
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Convert(item, wanted))]);
            case JsonObject map when map["$ref"] is JsonValue reference && reference.GetValue<string>() is var target && target.StartsWith(Prefix, StringComparison.Ordinal):
                wanted.Enqueue(target[Prefix.Length..]);
                return new JsonObject { ["$ref"] = $"#/$defs/{target[Prefix.Length..]}" };
            case JsonObject map:
                var converted = new JsonObject();
                foreach (var (key, value) in map)
                {
                    if (key == "properties")
                    {
                        // Below it are names, among them "title" and "description".
                        converted[key] = new JsonObject(value!.AsObject().Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Convert(pair.Value, wanted))));
                    }
                    else if (key is "enum" or "default" or "required")
                    {
                        converted[key] = value?.DeepClone();
                    }
                    else if (!Dropped.Contains(key) && key != "nullable" && !key.StartsWith("x-", StringComparison.Ordinal))
                    {
                        converted[key] = Convert(value, wanted);
                    }
                }

                return map["nullable"] is JsonValue nullable && nullable.GetValue<bool>() ? OrNull(converted) : converted;
            default:
                return node?.DeepClone()!;
        }
    }

    private static JsonObject OrNull(JsonObject schema)
    {
        if (schema["type"] is not JsonValue type)
        {
            return new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        }

        schema["type"] = new JsonArray(type.DeepClone(), "null");
        schema["enum"]?.AsArray().Add((JsonNode?)null);
        return schema;
    }
}
