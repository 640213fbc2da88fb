using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>One group version's document: the paths with what clients look for in them, and the schemas.</summary>
internal sealed class OpenApiDocument(IReadOnlyList<ResourceType> types)
{
    private static readonly string[] PatchTypes =
        ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json",
            "application/strategic-merge-patch+json"];

    private readonly JsonObject _schemas = [];

    public JsonObject Build()
    {
        var paths = new JsonObject();
        foreach (var type in types)
        {
            Component(type.Schema, type);
            Paths(paths, type);
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "unversioned" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = _schemas },
        };
    }

    private void Paths(JsonObject paths, ResourceType type)
    {
        var root = (type.Group.Length == 0 ? $"/api/{type.Version}" : $"/apis/{type.ApiVersion}") + (type.Namespaced
            ? "/namespaces/{namespace}" : "");
        var collection = new JsonObject();
        var item = new JsonObject();
        foreach (var verb in type.Verbs)
        {
            switch (verb)
            {
                case "create":
                    collection["post"] = Operation(type, "post", writes: true);
                    break;
                case "list":
                    collection["get"] = Operation(type, "list", writes: false);
                    break;
                case "deletecollection":
                    collection["delete"] = Operation(type, "deletecollection", writes: false);
                    break;
                case "get":
                    item["get"] = Operation(type, "get", writes: false);
                    break;
                case "update":
                    item["put"] = Operation(type, "put", writes: true);
                    break;
                case "patch":
                    item["patch"] = Operation(type, "patch", writes: true);
                    break;
                case "delete":
                    item["delete"] = Operation(type, "delete", writes: false);
                    break;
            }
        }

        paths[$"{root}/{type.Plural}"] = collection;
        if (item.Count > 0)
        {
            paths[$"{root}/{type.Plural}/{{name}}"] = item;
        }
    }

    private static JsonObject Operation(ResourceType type, string action, bool writes)
    {
        var reference = new JsonObject { ["$ref"] = "#/components/schemas/" + Name(type) };
        var operation = new JsonObject
        {
            ["operationId"] = $"{action}{type.Group.Split('.')[0]}{type.Version}{(type.Namespaced ? "Namespaced" : "")}{type.Kind}",
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = Kind(type),
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject
                {
                    ["description"] = "OK",
                    ["content"] = new JsonObject
                    {
                        ["application/json"] =
                        new JsonObject { ["schema"] = reference.DeepClone() }
                    },
                },
            },
        };
        if (!writes)
        {
            return operation;
        }

        // kubectl and helm look here whether the server validates fields itself.
        var parameters = new List<string> { "dryRun", "fieldManager", "fieldValidation" };
        if (action == "patch")
        {
            parameters.Add("force");
        }

        operation["parameters"] = new JsonArray([.. parameters.Select(name => (JsonNode)new JsonObject
        {
            ["name"] = name, ["in"] = "query",
                ["schema"] = new JsonObject { ["type"] = name == "force" ? "boolean"
                : "string", ["uniqueItems"] = true },
        })]);
        var content = new JsonObject();
        foreach (var media in action == "patch"
            ? PatchTypes.Where(media => !type.IsCustom || !media.Contains("strategic", StringComparison.Ordinal))
            : ["*/*"])
        {
            content[media] = new JsonObject
            {
                ["schema"] = action == "patch"
                    ? new JsonObject { ["$ref"] = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Patch" }
                    : reference.DeepClone(),
            };
        }

        operation["requestBody"] = new JsonObject { ["content"] = content, ["required"] = true };
        return operation;
    }

    private static string Name(ResourceType type) =>
        type.Schema.Component ?? string.Join('.', type.Group.Split('.').Reverse()) + $".{type.Version}.{type.Kind}";

    private void Component(Schema schema, ResourceType? of)
    {
        var name = of is null ? FullName(schema) : Name(of);
        if (_schemas.ContainsKey(name))
        {
            return;
        }

        var node = new JsonObject();
        _schemas[name] = node;
        _schemas.TryAdd("io.k8s.apimachinery.pkg.apis.meta.v1.Patch",
            new JsonObject { ["type"] = "object", ["description"] = "A patch of a Kubernetes object." });
        Fill(node, schema);
        if (of is { IsCustom: true })
        {
            var properties = node.Child("properties");
            properties.Default("apiVersion", new JsonObject { ["type"] = "string" });
            properties.Default("kind", new JsonObject { ["type"] = "string" });
            properties["metadata"] = Reference(BuiltInSchemas.Of(typeof(k8s.Models.V1ObjectMeta)));
        }

        if (of is not null)
        {
            node["x-kubernetes-group-version-kind"] = new JsonArray(Kind(of));
        }
    }

    private string FullName(Schema schema) => BuiltInSchemas.FullName(schema, types[0].Group, types[0].Version);

    private JsonObject Reference(Schema schema)
    {
        Component(schema, null);
        return new JsonObject { ["$ref"] = "#/components/schemas/" + FullName(schema) };
    }

    private JsonObject Inline(Schema schema)
    {
        if (schema is { Kind: SchemaKind.Object, Component: not null })
        {
            var wrapped = new JsonObject
            {
                ["allOf"] = new JsonArray(Reference(schema)),
                ["default"] = new JsonObject()
            };
            if (schema.PatchStrategy is { } strategy)
            {
                wrapped["x-kubernetes-patch-strategy"] = strategy;
            }

            return wrapped;
        }

        var node = new JsonObject();
        Fill(node, schema);
        return node;
    }

    private void Fill(JsonObject node, Schema schema)
    {
        if (schema.Source is { } source)
        {
            foreach (var (name, value) in source.Where(pair =>
                pair.Key is not ("properties" or "items" or "additionalProperties")))
            {
                node[name] = value?.DeepClone();
            }
        }

        if (schema.Description is { } description)
        {
            node["description"] = description;
        }

        switch (schema.Kind)
        {
            case SchemaKind.Object:
                node["type"] = "object";
                if (schema.Properties.Count > 0)
                {
                    node["properties"] =
                        new JsonObject(schema.Properties.Select(pair =>
                        KeyValuePair.Create<string, JsonNode?>(pair.Key, Inline(pair.Value))));
                }

                if (schema.Required.Count > 0)
                {
                    node["required"] = new JsonArray([.. schema.Required.Order(StringComparer.Ordinal).Select(name =>
                        (JsonNode)name)]);
                }

                break;
            case SchemaKind.Map:
                node["type"] = "object";
                node["additionalProperties"] = Inline(schema.Element!);
                break;
            case SchemaKind.List:
                node["type"] = "array";
                node["items"] = Inline(schema.Element!);
                node["x-kubernetes-list-type"] = schema.IsSet ? "set" : schema.MapKeys.Count > 0 ? "map" : "atomic";
                if (schema.MapKeys.Count > 0)
                {
                    node["x-kubernetes-list-map-keys"] =
                        new JsonArray([.. schema.MapKeys.Select(key => (JsonNode)key)]);
                }

                break;
            case SchemaKind.IntOrString or SchemaKind.Quantity:
                node["oneOf"] = new JsonArray(
                    new JsonObject { ["type"] = "string" },
                        new JsonObject { ["type"] = schema.Kind == SchemaKind.Quantity ? "number" : "integer" });
                break;
            case SchemaKind.Any:
                break;
            default:
                node["type"] = schema.Kind.ToString().ToLowerInvariant();
                break;
        }

        if (schema.Format is { } format)
        {
            node["format"] = format;
        }

        if (schema.Atomic && schema.Kind is SchemaKind.Object or SchemaKind.Map)
        {
            node["x-kubernetes-map-type"] = "atomic";
        }

        if (schema.PatchStrategy is { } merge)
        {
            node["x-kubernetes-patch-strategy"] = merge;
        }

        if (schema.PatchMergeKey is { } mergeKey)
        {
            node["x-kubernetes-patch-merge-key"] = mergeKey;
        }
    }

    private static JsonObject Kind(ResourceType type) =>
        new() { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = type.Kind };
}
