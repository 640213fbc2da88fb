using System.Text.Json;

namespace Mayfly.TerraformProviders.Values;

/// <summary>Values in the JSON form of Terraform's state files.</summary>
public static class TfJson
{
    /// <summary>Reads a value of a type; attributes that the type does not have are dropped, as an older schema's are.</summary>
    public static TfValue Read(TfType type, JsonElement json) => (type, json.ValueKind) switch
    {
        (_, JsonValueKind.Null or JsonValueKind.Undefined) => TfValue.Null,
        (TfType.Primitive { Name: "dynamic" }, _) => ReadDynamic(json),
        (TfType.Primitive, _) => TfCoercion.To(type, ReadScalar(json)),
        (TfType.List list, _) => new TfList([.. Elements(json).Select(element => Read(list.Element, element))]),
        (TfType.Set set, _) => new TfSet([.. Elements(json).Select(element => Read(set.Element, element))]),
        (TfType.Tuple tuple, _) => new TfList([.. json.EnumerateArray().Zip(tuple.Elements, (element, of) => Read(of, element))]),
        (TfType.Map map, _) => new TfMap(json.EnumerateObject().ToDictionary(entry => entry.Name, entry => Read(map.Element, entry.Value))),
        (TfType.Object shape, _) => new TfObject(shape.Attributes.Select(attribute => KeyValuePair.Create(
            attribute.Key,
            json.TryGetProperty(attribute.Key, out var value) ? Read(attribute.Value, value) : TfValue.Null))),
        _ => throw new FormatException($"{json.ValueKind} is no {type}"),
    };

    /// <summary>A plain JSON document (a Kubernetes manifest) as an untyped value.</summary>
    public static TfValue Plain(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => new TfObject(json.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, Plain(entry.Value)))),
        JsonValueKind.Array => new TfList([.. json.EnumerateArray().Select(Plain)]),
        JsonValueKind.Null or JsonValueKind.Undefined => TfValue.Null,
        _ => ReadScalar(json),
    };

    // A value of any type lies in a state as {"value": …, "type": …}.
    private static TfDynamic ReadDynamic(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("type", out var type) && json.TryGetProperty("value", out var value))
        {
            var own = TfTypes.Parse(type);
            return new(own, Read(own, value));
        }

        var plain = Plain(json);
        return new(TfTypes.Of(plain), plain);
    }

    // A single block may have been stored as an object by a schema that has a list of it now.
    private static IEnumerable<JsonElement> Elements(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : [json];

    private static TfValue ReadScalar(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => new TfNumber(json.GetRawText()),
        _ => throw new FormatException($"{json.ValueKind} is no single value"),
    };
}
