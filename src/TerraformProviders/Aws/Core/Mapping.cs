using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Core;

/// <summary>
/// Arguments to members of an API and back, by name: <c>vpc_id</c> is <c>VpcId</c> or <c>vpcId</c>. A name of the form
/// <c>argument=path</c> says where else the value is.
/// </summary>
internal static class Mapping
{
    /// <summary>The members of a request for these arguments; what has no value is left out.</summary>
    public static JsonObject Give(this TfObject values, Func<string, string> style, params ReadOnlySpan<string> names)
    {
        var result = new JsonObject();
        foreach (var entry in names)
        {
            var (argument, member) = Split(entry);
            if (ToJson(values[argument], style) is { } value)
            {
                result[member ?? style(argument)] = value;
            }
        }

        return result;
    }

    /// <summary>Takes attributes from an answer. What the answer does not hold stays as it is.</summary>
    public static TfObject Take(this TfObject values, JsonNode? answer, params ReadOnlySpan<string> names)
    {
        foreach (var entry in names)
        {
            var (argument, path) = Split(entry);
            var node = path is null ? answer.At(Camel(argument)) ?? answer.At(Pascal(argument)) : answer.At(path);
            if (node is not null)
            {
                var value = FromJson(node);
                // An empty text and no text are the same to Terraform's types; what is configured as empty stays so.
                values[argument] = value is TfString { Text: "" } && values[argument] is not TfString { Text: "" } ? TfValue.Null : value;
            }
        }

        return values;
    }

    /// <summary>An answer's scalar or list as a value.</summary>
    public static TfValue FromJson(JsonNode? node) => node switch
    {
        null => TfValue.Null,
        JsonArray array => new TfList([.. array.Select(FromJson)]),
        JsonObject wrapped when wrapped.All(member => member.Key is "item" or "member") => new TfList([.. wrapped.Items().Select(FromJson)]),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => new TfNumber(value.ToJsonString()),
        },
        _ => throw new InvalidOperationException("an answer's structure has to be mapped by its members"),
    };

    /// <summary>A value for a request; blocks by their own names.</summary>
    public static JsonNode? ToJson(TfValue value, Func<string, string> style) => value switch
    {
        TfString text => text.Text,
        TfBool truth => truth.Truth,
        TfNumber number => JsonNode.Parse(number.Literal),
        TfList { Elements.Count: > 0 } list => new JsonArray([.. list.Elements.Select(element => ToJson(element, style))]),
        TfSet { Elements.Count: > 0 } set => new JsonArray([.. set.Elements.Select(element => ToJson(element, style))]),
        TfMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, ToJson(entry.Value, style)))),
        TfObject block => block.Give(style, [.. block.Names]),
        _ => null,
    };

    /// <summary><c>vpc_id</c> as <c>VpcId</c>.</summary>
    public static string Pascal(string name) =>
        string.Concat(name.Split('_').Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    /// <summary><c>vpc_id</c> as <c>vpcId</c>.</summary>
    public static string Camel(string name)
    {
        var pascal = Pascal(name);
        return char.ToLower(pascal[0], CultureInfo.InvariantCulture) + pascal[1..];
    }

    private static (string Argument, string? Path) Split(string entry) =>
        entry.IndexOf('=') is >= 0 and var at ? (entry[..at], entry[(at + 1)..]) : (entry, null);
}
