using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>One step to a field: a member <c>f:name</c>, an item by its keys <c>k:{…}</c> or by its value <c>v:…</c>.</summary>
internal static class FieldPath
{
    public static string Member(string name) => "f:" + name;

    public static string Value(JsonNode? value) => "v:" + Json.Compact(value);

    /// <summary>The step to an item of a list that is a map; a key that is missing counts with its default.</summary>
    public static string Item(Schema list, JsonNode? item)
    {
        var keys = new JsonObject();
        foreach (var key in list.MapKeys.Order(StringComparer.Ordinal))
        {
            var value = item.At(key) ?? Default(list, key);
            if (value is not null)
            {
                keys[key] = value.DeepClone();
            }
        }

        return "k:" + Json.Compact(keys);
    }

    /// <summary>How an error text writes it: <c>.spec.containers[name="web"].image</c>.</summary>
    public static string Show(string step)
    {
        var rest = step[2..];
        return step[0] switch
        {
            'f' => "." + rest,
            'k' => "[" + string.Join(",",
                ((JsonObject)JsonNode.Parse(rest)!).Select(pair => $"{pair.Key}={Json.Compact(pair.Value)}")) + "]",
            'v' => $"[={rest}]",
            _ => $"[{rest}]",
        };
    }

    private static JsonNode? Default(Schema list, string key) =>
        list.Element?.Member(key)?.DefaultValue ?? (key == "protocol" ? JsonValue.Create("TCP") : null);
}
