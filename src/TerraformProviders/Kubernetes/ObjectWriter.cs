using System.Globalization;
using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Values;
using Attribute = Mayfly.TerraformProviders.Protocol.Messages.Attribute;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>Writes Terraform's blocks as the API's objects.</summary>
internal static class ObjectWriter
{
    /// <summary>A block's arguments and inner blocks, without what is null, unknown or only read.</summary>
    public static JsonObject Write(Block block, TfObject value, Func<string, bool>? leaveOut = null)
    {
        var result = new JsonObject();
        foreach (var attribute in block.Attributes.Where(attribute => IsArgument(attribute) && leaveOut?.Invoke(attribute.Name) != true))
        {
            if (Write(attribute.Name, value[attribute.Name]) is { } node)
            {
                result[ApiNames.Of(attribute.Name)] = node;
            }
        }

        foreach (var nested in block.BlockTypes.Where(nested => leaveOut?.Invoke(nested.TypeName) != true))
        {
            var inner = value.Blocks(nested.TypeName);
            if (IsSingle(nested))
            {
                if (inner.Count > 0)
                {
                    result[ApiNames.Of(nested.TypeName)] = Write(nested.Block, inner[0]);
                }
            }
            else if (inner.Count > 0)
            {
                result[ApiNames.OfList(nested.TypeName)] = new JsonArray([.. inner.Select(one => Write(nested.Block, one))]);
            }
        }

        return result;
    }

    /// <summary>Whether a block can be there once only.</summary>
    public static bool IsSingle(NestedBlock nested) => nested.MaxItems == 1 || nested.Nesting == Nesting.Single;

    /// <summary>A value of any kind as JSON; null for what is not there.</summary>
    public static JsonNode? Plain(TfValue value) => value switch
    {
        TfString text => JsonValue.Create(text.Text),
        TfBool truth => JsonValue.Create(truth.Truth),
        TfNumber number => Number(number.Literal),
        TfList list => new JsonArray([.. list.Elements.Select(Plain)]),
        TfSet set => new JsonArray([.. set.Elements.Select(Plain)]),
        TfMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Plain(entry.Value)))),
        TfObject shape => new JsonObject(shape.Select(entry => KeyValuePair.Create(entry.Key, Plain(entry.Value)))),
        TfDynamic dynamic => Plain(dynamic.Value),
        _ => null,
    };

    private static bool IsArgument(Attribute attribute) => attribute.Required || attribute.Optional;

    private static JsonNode? Write(string name, TfValue value) => value switch
    {
        TfString { Text: "" } => null,
        TfString text => Text(name, text.Text),
        TfList { Elements.Count: 0 } or TfSet { Elements.Count: 0 } or TfMap { Entries.Count: 0 } => null,
        _ => Plain(value),
    };

    private static JsonNode Text(string name, string text)
    {
        switch (ApiNames.FormOf(name))
        {
            case ApiNames.TextForm.Number or ApiNames.TextForm.NumberOrText
                when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                return JsonValue.Create(number);
            case ApiNames.TextForm.Octal when text.All(digit => digit is >= '0' and <= '7'):
                return JsonValue.Create(Convert.ToInt64(text, 8));
            default:
                return JsonValue.Create(text);
        }
    }

    private static JsonValue Number(string literal) =>
        long.TryParse(literal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? JsonValue.Create(whole)
            : JsonValue.Create(double.Parse(literal, CultureInfo.InvariantCulture));
}
