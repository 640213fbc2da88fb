using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>
/// Parses JSON into a tree that is complete at once: trees made by the framework resolve lazily, which is not safe for the
/// concurrent readers of the store, and they cannot say which member came twice.
/// </summary>
internal static class JsonParser
{
    private const int MaxDepth = 200;

    /// <param name="json">UTF-8 text.</param>
    /// <param name="duplicates">Takes the paths of members that came more than once; the last one counts.</param>
    public static JsonNode? Parse(ReadOnlySpan<byte> json, List<string>? duplicates = null)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        var node = Read(ref reader, "", duplicates);
        if (reader.Read())
        {
            throw new JsonException("invalid character after top-level value");
        }

        return node;
    }

    private static JsonNode? Read(ref Utf8JsonReader reader, string path, List<string>? duplicates)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new JsonObject();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    var child = path.Length == 0 ? name : path + "." + name;
                    if (map.ContainsKey(name))
                    {
                        duplicates?.Add(child);
                        map.Remove(name);
                    }

                    map.Add(name, Read(ref reader, child, duplicates));
                }

                return map;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Add(Read(ref reader, $"{path}[{list.Count}]", duplicates));
                }

                return list;
            case JsonTokenType.String:
                return JsonValue.Create(reader.GetString());
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var integer) ? JsonValue.Create(integer)
                    : JsonValue.Create(reader.GetDouble());
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            default:
                return null;
        }
    }
}
