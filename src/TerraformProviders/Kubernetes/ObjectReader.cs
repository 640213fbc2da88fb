using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;
using Attribute = Mayfly.TerraformProviders.Protocol.Messages.Attribute;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>
/// Reads the API's objects as Terraform's blocks. The server fills in much that nobody wrote; where there is a state
/// already, what it leaves open stays open, unless the schema says that the provider fills it in.
/// </summary>
internal static class ObjectReader
{
    /// <summary>A block of an object.</summary>
    /// <param name="block">Its schema.</param>
    /// <param name="live">What the API has.</param>
    /// <param name="known">What the state has, or null to read everything.</param>
    /// <param name="leaveOut">Names that are read elsewhere; they stay as in the state.</param>
    public static TfObject Read(Block block, JsonObject live, TfObject? known, Func<string, bool>? leaveOut = null)
    {
        var result = new TfObject();
        foreach (var attribute in block.Attributes)
        {
            var before = known?[attribute.Name] ?? TfValue.Null;
            var keep = leaveOut?.Invoke(attribute.Name) == true || (known is not null && before.IsNull && !attribute.Computed);
            result[attribute.Name] = keep ? before : Read(attribute, live[ApiNames.Of(attribute.Name)]);
        }

        foreach (var nested in block.BlockTypes)
        {
            var before = known?.Blocks(nested.TypeName);
            var keep = leaveOut?.Invoke(nested.TypeName) == true || before is { Count: 0 };
            result[nested.TypeName] = keep
                ? known?[nested.TypeName] ?? TfValue.Null
                : TfValue.Blocks(ReadNested(nested, live, before));
        }

        return result;
    }

    /// <summary>Any JSON as a value of a type.</summary>
    public static TfValue Read(TfType type, JsonNode? node) => (type, node) switch
    {
        (_, null) => TfValue.Null,
        (TfType.List list, JsonArray array) => new TfList([.. array.Select(element => Read(list.Element, element))]),
        (TfType.List list, JsonObject single) => new TfList([Read(list.Element, single)]),
        (TfType.Set set, JsonArray array) => new TfSet([.. array.Select(element => Read(set.Element, element))]),
        (TfType.Map map, JsonObject entries) => new TfMap(entries.ToDictionary(entry => entry.Key, entry => Read(map.Element, entry.Value))),
        (TfType.Object shape, JsonObject parts) => new TfObject(shape.Attributes.Select(part => KeyValuePair.Create(
            part.Key, Read(part.Value, parts[ApiNames.Of(part.Key)] ?? parts[ApiNames.OfList(part.Key)])))),
        (TfType.Primitive primitive, JsonValue value) => TfCoercion.To(primitive, TfJson.Plain(value.GetValue<JsonElement>())),
        _ => TfValue.Null,
    };

    private static IEnumerable<TfObject> ReadNested(NestedBlock nested, JsonObject live, IReadOnlyList<TfObject>? known)
    {
        if (ObjectWriter.IsSingle(nested))
        {
            return live[ApiNames.Of(nested.TypeName)] is JsonObject one ? [Read(nested.Block, one, known?[0])] : [];
        }

        var list = live[ApiNames.OfList(nested.TypeName)] as JsonArray ?? [];
        return list.OfType<JsonObject>().Select((one, i) => Read(nested.Block, one, known?.ElementAtOrDefault(i)));
    }

    private static TfValue Read(Attribute attribute, JsonNode? node) =>
        ApiNames.FormOf(attribute.Name) == ApiNames.TextForm.Octal && node is JsonValue mode && mode.TryGetValue<long>(out var bits)
            ? $"0{Convert.ToString(bits, 8)}"
            : Read(TypeSchema.Of(attribute), node);
}
