using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mayfly.TerraformProviders.Helm;

/// <summary>Compares values documents by what they say, not by how they are written.</summary>
internal static class ValuesDocuments
{
    /// <summary>Whether two lists of documents come to the same values; false when one of them cannot be read.</summary>
    public static bool SaySame(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        try
        {
            return JsonNode.DeepEquals(Merged(one), Merged(other));
        }
        catch (YamlException)
        {
            return false;
        }
    }

    private static JsonObject Merged(IReadOnlyList<string> documents)
    {
        var result = new JsonObject();
        foreach (var document in documents)
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(document));
            if (yaml.Documents is [{ RootNode: YamlMappingNode root }, ..])
            {
                Merge(result, (JsonObject)Of(root)!);
            }
        }

        return result;
    }

    private static void Merge(JsonObject target, JsonObject source)
    {
        foreach (var (name, value) in source)
        {
            if (target[name] is JsonObject inner && value is JsonObject more)
            {
                Merge(inner, more);
            }
            else
            {
                target[name] = value?.DeepClone();
            }
        }
    }

    private static JsonNode? Of(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(entry => KeyValuePair.Create($"{entry.Key}", Of(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Of)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    // The words that YAML has for booleans are told from the same words in quotation marks.
    private static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "on" or "On" => JsonValue.Create(true),
        "false" or "False" or "FALSE" or "no" or "No" or "off" or "Off" => JsonValue.Create(false),
        _ when (char.IsAsciiDigit(text[^1]) || text[^1] == '.') && IsNumber(text, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    private static bool IsNumber(string text, out decimal number)
    {
        number = 0;
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Number && json.RootElement.TryGetDecimal(out number);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
