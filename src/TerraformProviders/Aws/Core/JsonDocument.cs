using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mayfly.TerraformProviders.Aws.Core;

/// <summary>Policies and other JSON in arguments, of which only the meaning counts.</summary>
internal static class JsonDocument
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether two texts say the same: the order of members and elements, and a list of one, make no difference.</summary>
    public static bool AreSame(string left, string right) => left == right || Canonical(left) == Canonical(right);

    /// <summary>The text with sorted members and no spaces, or as it is where it is no JSON.</summary>
    public static string Normal(string text)
    {
        try
        {
            return Sorted(JsonNode.Parse(text))?.ToJsonString(Plain) ?? "null";
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static string Canonical(string text)
    {
        try
        {
            return Canonical(JsonNode.Parse(text));
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject named => "{" + string.Join(',', named.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => $"{JsonValue.Create(member.Key).ToJsonString()}:{Canonical(member.Value)}")) + "}",
        JsonArray { Count: 1 } array => Canonical(array[0]),
        JsonArray array => "[" + string.Join(',', array.Select(Canonical).Order(StringComparer.Ordinal)) + "]",
        _ => node?.ToJsonString() ?? "null",
    };

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject named => new JsonObject(named.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray array => new JsonArray([.. array.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
