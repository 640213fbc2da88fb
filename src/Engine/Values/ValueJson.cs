using System.Globalization;
using System.Text.Json.Nodes;

namespace Mayfly.Engine.Values;

/// <summary>Makes JSON of a tree as Helm's reader does.</summary>
public static class ValueJson
{
    /// <summary>A tree as JSON; null for null.</summary>
    public static JsonNode? Of(ValueNode node) => node switch
    {
        ValueMap map => Map(map),
        ValueList list => new JsonArray([.. list.Items.Select(Of)]),
        ValueScalar scalar => Scalar(scalar),
        _ => null,
    };

    private static JsonObject Map(ValueMap map)
    {
        var made = new JsonObject();
        foreach (var entry in map.Entries)
        {
            made[entry.Key] = Of(entry.Value);
        }

        return made;
    }

    private static JsonNode? Scalar(ValueScalar scalar)
    {
        if (scalar.IsNull)
        {
            return null;
        }

        if (!scalar.Plain || scalar.Tag is not null)
        {
            return JsonValue.Create(scalar.Text);
        }

        var (kind, json) = GoYaml.Resolve(scalar.Text);
        return kind switch
        {
            GoYaml.Kind.Boolean => JsonValue.Create(json == "true"),
            GoYaml.Kind.Integer => long.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? JsonValue.Create(number) : JsonValue.Create(ulong.Parse(json, CultureInfo.InvariantCulture)),
            GoYaml.Kind.Float when double.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) => JsonValue.Create(real),
            _ => JsonValue.Create(scalar.Text),
        };
    }
}
