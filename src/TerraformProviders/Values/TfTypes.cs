using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mayfly.TerraformProviders.Values;

/// <summary>Types from and to Terraform's JSON notation: <c>"string"</c>, <c>["set","string"]</c>, <c>["object",{…}]</c>.</summary>
public static class TfTypes
{
    /// <summary>Reads a type.</summary>
    public static TfType Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        return Parse(document.RootElement);
    }

    /// <summary>Reads a type.</summary>
    public static TfType Parse(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return json.GetString() switch
            {
                "string" => TfType.String,
                "number" => TfType.Number,
                "bool" => TfType.Bool,
                "dynamic" => TfType.Dynamic,
                var other => throw new FormatException($"no type is called {other}"),
            };
        }

        return json[0].GetString() switch
        {
            "list" => new TfType.List(Parse(json[1])),
            "set" => new TfType.Set(Parse(json[1])),
            "map" => new TfType.Map(Parse(json[1])),
            "tuple" => new TfType.Tuple([.. json[1].EnumerateArray().Select(Parse)]),
            "object" => new TfType.Object(json[1].EnumerateObject().ToDictionary(entry => entry.Name, entry => Parse(entry.Value))),
            var other => throw new FormatException($"no type is called {other}"),
        };
    }

    /// <summary>Writes a type.</summary>
    public static JsonNode ToJson(TfType type) => type switch
    {
        TfType.Primitive primitive => JsonValue.Create(primitive.Name),
        TfType.List list => new JsonArray("list", ToJson(list.Element)),
        TfType.Set set => new JsonArray("set", ToJson(set.Element)),
        TfType.Map map => new JsonArray("map", ToJson(map.Element)),
        TfType.Tuple tuple => new JsonArray("tuple", new JsonArray([.. tuple.Elements.Select(ToJson)])),
        TfType.Object shape => new JsonArray(
            "object",
            new JsonObject(shape.Attributes.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)ToJson(entry.Value))))),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The type of a value that brings none; a list becomes a tuple, as in Terraform's own language.</summary>
    public static TfType Of(TfValue value) => value switch
    {
        TfString => TfType.String,
        TfNumber => TfType.Number,
        TfBool => TfType.Bool,
        TfList list => new TfType.Tuple([.. list.Elements.Select(Of)]),
        TfSet set => new TfType.Set(set.Elements.Count == 0 ? TfType.Dynamic : Of(set.Elements[0])),
        TfMap map => new TfType.Object(map.Entries.ToDictionary(entry => entry.Key, entry => Of(entry.Value))),
        TfObject shape => new TfType.Object(shape.ToDictionary(entry => entry.Key, entry => Of(entry.Value))),
        TfDynamic dynamic => dynamic.Type,
        _ => TfType.Dynamic,
    };
}
