using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>Reading loose JSON.</summary>
internal static class EksJsonExtensions
{
    public static string? Str(this JsonObject? from, string name) => from?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static int? Int(this JsonObject? from, string name) => from?[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    public static bool? Bool(this JsonObject? from, string name) => from?[name] is JsonValue value && value.TryGetValue<bool>(out var truth) ? truth : null;

    public static JsonObject? Obj(this JsonObject? from, string name) => from?[name] as JsonObject;

    public static List<string> Strings(this JsonObject? from, string name) =>
        from?[name] is JsonArray array ? [.. array.Select(item => item!.GetValue<string>())] : [];

    public static JsonArray ToJson(this IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);

    /// <summary>A copy of a part, so that it can stand in another document; the default where it is missing.</summary>
    public static JsonNode Copy(this JsonObject from, string name, Func<JsonNode> otherwise) => from[name]?.DeepClone() ?? otherwise();

    /// <summary>Copies a part if it is there.</summary>
    public static void CopyTo(this JsonObject from, string name, JsonObject to)
    {
        if (from[name] is { } value)
        {
            to[name] = value.DeepClone();
        }
    }

    public static JsonNode Epoch(this TimeProvider clock) => Math.Round(clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0, 3);
}
