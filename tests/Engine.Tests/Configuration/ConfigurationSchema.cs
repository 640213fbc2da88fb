using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Engine.Configuration;

namespace Mayfly.Engine.Tests.Configuration;

/// <summary>The JSON schema of <c>mayfly.yaml</c>, generated from the records that hold it.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text()
    {
        var comments = DocComments.Read();
        var definitions = new JsonObject();
        var root = Record(typeof(MayflyConfiguration), comments, definitions);
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "mayfly.yaml",
        };
        foreach (var (name, node) in root.ToList())
        {
            root.Remove(name);
            schema[name] = node;
        }

        schema["$defs"] = definitions;
        return schema.ToJsonString(Layout) + "\n";
    }

    /// <summary>The records that make up the configuration, the root first.</summary>
    public static IEnumerable<Type> Records() => Records(typeof(MayflyConfiguration)).Distinct();

    /// <summary>The type of a list's items, or the type itself.</summary>
    public static Type Item(Type type) => IsList(type) ? type.GetGenericArguments()[0] : type;

    public static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);

    public static bool IsTree(Type type) => type == typeof(IReadOnlyDictionary<string, object?>);

    public static bool IsRecord(Type type) => type is { IsClass: true } && type != typeof(string);

    private static IEnumerable<Type> Records(Type type) =>
        ConfigurationBinder.Keys(type).Select(key => Item(key.Property.PropertyType)).Where(IsRecord).SelectMany(Records).Prepend(type);

    private static JsonObject Record(Type type, IReadOnlyDictionary<string, string> comments, JsonObject definitions)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var (key, property) in ConfigurationBinder.Keys(type))
        {
            var schema = Property(property, property.PropertyType, comments, definitions);
            schema["description"] = comments[$"{type.Name}.{property.Name}"].Replace("`", "", StringComparison.Ordinal);
            properties[key] = schema;
            if (ConfigurationBinder.IsRequired(property))
            {
                required.Add(key);
            }
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = required,
            ["properties"] = properties,
        };
    }

    private static JsonObject Property(PropertyInfo property, Type type, IReadOnlyDictionary<string, string> comments, JsonObject definitions)
    {
        if (IsTree(type))
        {
            return new JsonObject { ["type"] = "object" };
        }

        if (IsList(type))
        {
            return new JsonObject { ["type"] = "array", ["items"] = Property(property, Item(type), comments, definitions) };
        }

        if (IsRecord(type))
        {
            definitions[type.Name] ??= Record(type, comments, definitions);
            return new JsonObject { ["$ref"] = $"#/$defs/{type.Name}" };
        }

        return Scalar(property, type);
    }

    private static JsonObject Scalar(PropertyInfo property, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var name = type == typeof(bool) ? "boolean" : type == typeof(int) ? "integer" : "string";
        var schema = new JsonObject
        {
            ["type"] = !ConfigurationSchema.IsList(property.PropertyType) && ConfigurationBinder.TakesNull(property) ? new JsonArray(name, "null") : name,
        };
        if (type == typeof(TimeSpan))
        {
            schema["pattern"] = Durations.Pattern;
        }

        if (property.GetCustomAttribute<MatchesAttribute>() is { } matches)
        {
            schema["pattern"] = matches.Pattern;
        }

        if (property.GetCustomAttribute<ChoicesAttribute>() is { } choices)
        {
            schema["enum"] = new JsonArray([.. choices.Words.Select(word => (JsonNode)word)]);
        }

        if (property.GetCustomAttribute<BetweenAttribute>() is { } between)
        {
            schema["minimum"] = between.Least;
            schema["maximum"] = between.Most;
        }

        return schema;
    }
}
