using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Reading and comparing objects that are kept as JSON trees.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions WriterOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = node is JsonObject map && map.TryGetPropertyValue(name, out var child) ? child : null;
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static bool? Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && AsDecimal(value) is { } number && number == decimal.Truncate(number)
            ? (long)number : null;

    public static JsonObject? Map(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonObject;

    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonObject>() ?? [];

    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.Select(item => item.Text()).OfType<string>() ?? [];

    /// <summary>The object under a name, made when it is missing.</summary>
    public static JsonObject Child(this JsonObject map, string name)
    {
        if (map[name] is JsonObject child)
        {
            return child;
        }

        child = [];
        map[name] = child;
        return child;
    }

    /// <summary>Sets a value where there is none.</summary>
    public static void Default(this JsonObject map, string name, JsonNode? value)
    {
        if (map[name] is null)
        {
            map[name] = value;
        }
    }

    /// <summary>Puts a copy of another tree's node under a name, or removes the name when there is none.</summary>
    public static void Put(this JsonObject map, string name, JsonNode? value)
    {
        if (value is null)
        {
            map.Remove(name);
        }
        else
        {
            map[name] = value.DeepClone();
        }
    }

    public static JsonObject Copy(this JsonObject map) => (JsonObject)map.DeepClone();

    public static decimal? AsDecimal(JsonValue value)
    {
        if (value.TryGetValue(out long integer))
        {
            return integer;
        }

        if (value.TryGetValue(out int small))
        {
            return small;
        }

        if (value.TryGetValue(out double real) && Math.Abs(real) < 1e28)
        {
            return (decimal)real;
        }

        return value.TryGetValue(out decimal exact) ? exact : null;
    }

    /// <summary>Whether two trees say the same; the order of an object's members does not count.</summary>
    public static bool Same(JsonNode? left, JsonNode? right)
    {
        switch (left, right)
        {
            case (null, null):
                return true;
            case (JsonObject a, JsonObject b):
                return a.Count == b.Count
                    && a.All(pair => b.TryGetPropertyValue(pair.Key, out var other) && Same(pair.Value, other));
            case (JsonArray a, JsonArray b):
                return a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second));
            case (JsonValue a, JsonValue b):
                if (a.TryGetValue(out string? text))
                {
                    return b.TryGetValue(out string? other) && text == other;
                }

                if (a.TryGetValue(out bool flag))
                {
                    return b.TryGetValue(out bool other) && flag == other;
                }

                return AsDecimal(a) is { } x && AsDecimal(b) is { } y ? x == y : a.ToJsonString() == b.ToJsonString();
            default:
                return false;
        }
    }

    public static byte[] Bytes(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            node.WriteTo(writer);
        }

        return buffer.ToArray();
    }

    /// <summary>Compact JSON as Go writes it, for keys and for error texts.</summary>
    public static string Compact(JsonNode? node) => node is null ? "null"
        : System.Text.Encoding.UTF8.GetString(Bytes(node));
}
