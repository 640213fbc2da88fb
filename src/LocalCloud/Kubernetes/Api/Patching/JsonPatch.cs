using System.Globalization;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>RFC 6902, with the error texts of the library that Kubernetes uses where clients see them.</summary>
internal static class JsonPatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonArray operations)
        {
            throw ApiErrors.BadRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        }

        var result = target?.DeepClone();
        foreach (var operation in operations.OfType<JsonObject>())
        {
            result = Step(result, operation);
        }

        return result;
    }

    private static JsonNode? Step(JsonNode? root, JsonObject operation)
    {
        var path = operation.Text("path") ?? throw Failed("error in operation: missing path");
        switch (operation.Text("op"))
        {
            case "add":
                return Add(root, path, operation["value"]?.DeepClone());
            case "remove":
                return Remove(root, path, "remove");
            case "replace":
                Find(root, path, "replace");
                return path.Length == 0 ? operation["value"]?.DeepClone()
                    : Set(root, path, operation["value"]?.DeepClone());
            case "move":
                var from = operation.Text("from") ?? throw Failed("error in move: missing from");
                var moved = Find(root, from, "move")?.DeepClone();
                return Add(Remove(root, from, "move"), path, moved);
            case "copy":
                return Add(root, path, Find(root, operation.Text("from") ?? "", "copy")?.DeepClone());
            case "test":
                if (!Json.Same(Find(root, path, "test", missing: true), operation["value"]))
                {
                    throw Failed($"testing value {path} failed: test failed");
                }

                return root;
            case var other:
                throw Failed($"Unexpected kind: {other}");
        }
    }

    private static JsonNode? Add(JsonNode? root, string path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            return value;
        }

        var (parent, last) = Parent(root, path, "add");
        switch (parent)
        {
            case JsonObject map:
                map[last] = value;
                break;
            case JsonArray list when last == "-":
                list.Add(value);
                break;
            case JsonArray list when Index(last, list.Count + 1) is { } index:
                list.Insert(index, value);
                break;
            default:
                throw Failed($"add operation does not apply: doc is missing path: \"{path}\": missing value");
        }

        return root;
    }

    private static JsonNode? Set(JsonNode? root, string path, JsonNode? value)
    {
        var (parent, last) = Parent(root, path, "replace");
        if (parent is JsonArray list)
        {
            list[Index(last, list.Count)!.Value] = value;
        }
        else
        {
            ((JsonObject)parent!)[last] = value;
        }

        return root;
    }

    private static JsonNode? Remove(JsonNode? root, string path, string operation)
    {
        Find(root, path, operation);
        var (parent, last) = Parent(root, path, operation);
        if (parent is JsonArray list)
        {
            list.RemoveAt(Index(last, list.Count)!.Value);
        }
        else
        {
            ((JsonObject)parent!).Remove(last);
        }

        return root;
    }

    private static JsonNode? Find(JsonNode? root, string path, string operation, bool missing = false)
    {
        if (path.Length == 0)
        {
            return root;
        }

        var (parent, last) = Parent(root, path, operation);
        switch (parent)
        {
            case JsonObject map when map.TryGetPropertyValue(last, out var value):
                return value;
            case JsonArray list when Index(last, list.Count) is { } index:
                return list[index];
            default:
                return missing ? null
                    : throw Failed($"{operation} operation does not apply: doc is missing key: {path}: missing value");
        }
    }

    private static (JsonNode? Parent, string Last) Parent(JsonNode? root, string path, string operation)
    {
        if (path[0] != '/')
        {
            throw Failed($"{operation} operation does not apply: doc is missing path: {path}: missing value");
        }

        var parts = path[1..].Split('/').Select(part =>
            part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
        var node = root;
        foreach (var part in parts[..^1])
        {
            node = node switch
            {
                JsonObject map => map[part],
                JsonArray list when Index(part, list.Count) is { } index => list[index],
                _ => null,
            };
            if (node is null)
            {
                throw Failed($"{operation} operation does not apply: doc is missing path: \"{path}\": missing value");
            }
        }

        return (node, parts[^1]);
    }

    private static int? Index(string text, int limit) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < limit ? index
            : null;

    private static ApiException Failed(string message) =>
        new(ApiErrors.Status(422, "Invalid",
        $"the server rejected our request due to an error in our request: {message}", []));
}
