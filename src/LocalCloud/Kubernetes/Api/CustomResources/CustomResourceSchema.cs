using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Reads a structural schema into the server's own model.</summary>
internal static class CustomResourceSchema
{
    public static Schema Root(JsonObject version)
    {
        var source = version.Map("schema", "openAPIV3Schema")
            ?? new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        return Read(source);
    }

    private static Schema Read(JsonObject source)
    {
        var preserve = source.Flag("x-kubernetes-preserve-unknown-fields") is true;
        var properties = source.Map("properties");
        var additional = source["additionalProperties"];
        var kind = source.Flag("x-kubernetes-int-or-string") is true ? SchemaKind.IntOrString
            : source.Text("type") switch
            {
                "object" when properties is null && additional is JsonObject => SchemaKind.Map,
                "object" when properties is null && additional is JsonValue free && free.TryGetValue(out bool all)
                    && all => SchemaKind.Any,
                "object" => SchemaKind.Object,
                "array" => SchemaKind.List,
                "string" => SchemaKind.String,
                "integer" => SchemaKind.Integer,
                "number" => SchemaKind.Number,
                "boolean" => SchemaKind.Boolean,
                _ => SchemaKind.Any,
            };
        var listType = source.Text("x-kubernetes-list-type");
        return new Schema
        {
            Kind = kind,
            Source = source,
            Format = source.Text("format"),
            Properties = (properties
                ?? []).Where(pair => pair.Value is JsonObject).ToDictionary(pair => pair.Key, pair =>
                Read((JsonObject)pair.Value!), StringComparer.Ordinal),
            Element = kind switch
            {
                SchemaKind.Map => Read((JsonObject)additional!),
                SchemaKind.List => source["items"] is JsonObject items ? Read(items) : Schema.Anything,
                _ => null,
            },
            Atomic = kind == SchemaKind.List ? listType is null or "atomic"
                : source.Text("x-kubernetes-map-type") == "atomic",
            IsSet = listType == "set",
            MapKeys = listType == "map" ? [.. source.Texts("x-kubernetes-list-map-keys")] : [],
            Required = source.Texts("required").ToHashSet(StringComparer.Ordinal),
            DefaultValue = source["default"],
            Nullable = source.Flag("nullable") is true,
            PreserveUnknown = preserve || kind == SchemaKind.Any,
            EmbeddedResource = source.Flag("x-kubernetes-embedded-resource") is true,
        };
    }
}

/// <summary>Fills in the defaults of a structural schema.</summary>
internal static class CustomResourceDefaults
{
    public static void Apply(Schema schema, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, member) in schema.Properties)
                {
                    var absent = !map.TryGetPropertyValue(name, out var child) || child is null && !member.Nullable;
                    if (absent && member.DefaultValue is { } start)
                    {
                        map[name] = start.DeepClone();
                    }

                    Apply(member, map[name]);
                }

                if (schema.Kind == SchemaKind.Map)
                {
                    foreach (var (_, child) in map)
                    {
                        Apply(schema.Element!, child);
                    }
                }

                break;
            case JsonArray list when schema.Element is { } element:
                foreach (var item in list)
                {
                    Apply(element, item);
                }

                break;
        }
    }
}
