using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Checks a custom resource against its schema, in the words of the real validator. Rules in CEL are not evaluated, but for <c>self == oldSelf</c>.</summary>
internal static class CustomResourceRules
{
    private const int ShownValues = 10;

    public static void Validate(ResourceType type, JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        if (type.Schema.Source is { } schema)
        {
            foreach (var (name, member) in schema.Map("properties") ?? [])
            {
                if (name is not ("apiVersion" or "kind" or "metadata") && member is JsonObject rules
                    && value.TryGetPropertyValue(name, out var child))
                {
                    Check(rules, child, name, errors);
                    Transitions(rules, child, before?[name], name, errors);
                }
            }

            Missing(schema, value, "", errors);
            Combinations(schema, value, "", errors);
        }
    }

    private static void Check(JsonObject schema, JsonNode? value, string path, List<FieldError> errors)
    {
        if (value is null)
        {
            if (schema.Flag("nullable") is not true && schema.Text("type") is { } wanted)
            {
                errors.Add(FieldError.Type(path, "null", $"{path} in body must be of type {wanted}: \"null\""));
            }

            return;
        }

        if (!HasType(schema, value))
        {
            var actual = TypeOf(value);
            errors.Add(FieldError.Type(path, actual,
                $"{path} in body must be of type {schema.Text("type")}: \"{actual}\""));
            return;
        }

        if (schema["enum"] is JsonArray allowed && !allowed.Any(item => Json.Same(item, value)))
        {
            errors.Add(FieldError.NotSupported(path, value.Text()
                ?? value.ToJsonString(),
                allowed.Take(ShownValues).Select(item => item.Text() ?? item?.ToJsonString() ?? "null")));
        }

        switch (value)
        {
            case JsonObject map:
                CheckMap(schema, map, path, errors);
                break;
            case JsonArray list:
                CheckList(schema, list, path, errors);
                break;
            case JsonValue plain when plain.TryGetValue(out string? text):
                CheckText(schema, text, path, errors);
                break;
            case JsonValue plain when Json.AsDecimal(plain) is { } number:
                CheckNumber(schema, plain, number, path, errors);
                break;
        }

        Combinations(schema, value, path, errors);
    }

    private static void CheckMap(JsonObject schema, JsonObject map, string path, List<FieldError> errors)
    {
        Missing(schema, map, path, errors);
        if (schema.Number("maxProperties") is { } most && map.Count > most)
        {
            errors.Add(new FieldError("FieldValueTooMany", path,
                $"Too many: {map.Count}: must have at most {most} items"));
        }

        if (schema.Number("minProperties") is { } least && map.Count < least)
        {
            errors.Add(FieldError.Invalid(path, map.Count, $"{path} in body should have at least {least} properties"));
        }

        foreach (var (name, child) in map)
        {
            if ((schema.Map("properties", name) ?? schema.Map("additionalProperties")) is { } member)
            {
                Check(member, child, $"{path}.{name}", errors);
            }
        }
    }

    private static void CheckList(JsonObject schema, JsonArray list, string path, List<FieldError> errors)
    {
        if (schema.Number("maxItems") is { } most && list.Count > most)
        {
            errors.Add(new FieldError("FieldValueTooMany", path,
                $"Too many: {list.Count}: must have at most {most} items"));
        }

        if (schema.Number("minItems") is { } least && list.Count < least)
        {
            errors.Add(FieldError.Invalid(path, list.Count, $"{path} in body should have at least {least} items"));
        }

        for (var i = 0; i < list.Count; i++)
        {
            if (schema.Map("items") is { } item)
            {
                Check(item, list[i], $"{path}[{i}]", errors);
            }
        }

        var keys = schema.Texts("x-kubernetes-list-map-keys").ToList();
        if (keys.Count > 0 || schema.Text("x-kubernetes-list-type") == "set")
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < list.Count; i++)
            {
                var id = keys.Count == 0 ? list[i]
                    : new JsonObject(keys.Select(key => KeyValuePair.Create(key, list[i].At(key)?.DeepClone())));
                if (!seen.Add(Json.Compact(id)))
                {
                    errors.Add(FieldError.Duplicate($"{path}[{i}]", id));
                }
            }
        }
    }

    private static void CheckText(JsonObject schema, string text, string path, List<FieldError> errors)
    {
        if (schema.Number("maxLength") is { } most && text.Length > most)
        {
            errors.Add(new FieldError("FieldValueTooLong", path, $"Too long: may not be more than {most} bytes"));
        }

        if (schema.Number("minLength") is { } least && text.Length < least)
        {
            errors.Add(FieldError.Invalid(path, text, $"{path} in body should be at least {least} chars long"));
        }

        if (schema.Text("pattern") is { } pattern
            && !Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)))
        {
            errors.Add(FieldError.Invalid(path, text, $"{path} in body should match '{pattern}'"));
        }

        var format = schema.Text("format");
        if (format == "date-time"
            && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            errors.Add(FieldError.Invalid(path, text, $"{path} in body must be of type date-time: \"{text}\""));
        }
    }

    private static void CheckNumber(JsonObject schema, JsonValue value, decimal number, string path,
        List<FieldError> errors)
    {
        if (Limit(schema, "minimum") is { } least)
        {
            var open = schema.Flag("exclusiveMinimum") is true;
            if (open ? number <= least : number < least)
            {
                errors.Add(FieldError.Invalid(path, value,
                    $"{path} in body should be greater than {(open ? "" : "or equal to ")}{least}"));
            }
        }

        if (Limit(schema, "maximum") is { } most)
        {
            var open = schema.Flag("exclusiveMaximum") is true;
            if (open ? number >= most : number > most)
            {
                errors.Add(FieldError.Invalid(path, value,
                    $"{path} in body should be less than {(open ? "" : "or equal to ")}{most}"));
            }
        }

        if (Limit(schema, "multipleOf") is { } step && step != 0 && number % step != 0)
        {
            errors.Add(FieldError.Invalid(path, value, $"{path} in body should be a multiple of {step}"));
        }
    }

    private static void Combinations(JsonObject schema, JsonNode value, string path, List<FieldError> errors)
    {
        var shown = path.Length == 0 ? "<nil>" : path;
        foreach (var part in schema.Items("allOf"))
        {
            Check(part, value, path, errors);
        }

        if (schema["anyOf"] is JsonArray any && !any.OfType<JsonObject>().Any(part => Holds(part, value)))
        {
            errors.Add(FieldError.InvalidText(shown, "\"\"", $"\"{path}\" must validate at least one schema (anyOf)"));
        }

        if (schema["oneOf"] is JsonArray one)
        {
            var valid = one.OfType<JsonObject>().Count(part => Holds(part, value));
            if (valid != 1)
            {
                errors.Add(FieldError.InvalidText(shown, "\"\"",
                    $"\"{path}\" must validate one and only one schema (oneOf). Found {(valid == 0 ? "none" : valid)} valid"));
            }
        }

        if (schema.Map("not") is { } not && Holds(not, value))
        {
            errors.Add(FieldError.InvalidText(shown, "\"\"", $"\"{path}\" must not validate the schema (not)"));
        }
    }

    // The one rule in CEL that decides whether an upgrade is possible at all.
    private static void Transitions(JsonObject schema, JsonNode? value, JsonNode? before, string path,
        List<FieldError> errors)
    {
        if (before is null || value is null)
        {
            return;
        }

        foreach (var rule in schema.Items("x-kubernetes-validations"))
        {
            if (rule.Text("rule")?.Trim() == "self == oldSelf" && !Json.Same(value, before))
            {
                errors.Add(FieldError.InvalidText(path, value is JsonObject or JsonArray ? TypeOf(value)
                    : Json.Compact(value), rule.Text("message") ?? "failed rule: self == oldSelf"));
            }
        }

        foreach (var (name, member) in schema.Map("properties") ?? [])
        {
            if (member is JsonObject rules)
            {
                Transitions(rules, value.At(name), before.At(name), $"{path}.{name}", errors);
            }
        }
    }

    private static void Missing(JsonObject schema, JsonObject map, string path, List<FieldError> errors)
    {
        foreach (var name in schema.Texts("required").Where(name => !map.ContainsKey(name)))
        {
            errors.Add(FieldError.Required(path.Length == 0 ? name : $"{path}.{name}"));
        }
    }

    private static bool Holds(JsonObject schema, JsonNode value)
    {
        var errors = new List<FieldError>();
        Check(schema, value, "", errors);
        return errors.Count == 0;
    }

    private static decimal? Limit(JsonObject schema, string name) => schema[name] is JsonValue value
        ? Json.AsDecimal(value) : null;

    private static bool HasType(JsonObject schema, JsonNode value)
    {
        var actual = TypeOf(value);
        if (schema.Flag("x-kubernetes-int-or-string") is true)
        {
            return actual is "integer" or "string";
        }

        return schema.Text("type") is not { } wanted || wanted == actual || wanted == "number" && actual == "integer";
    }

    private static string TypeOf(JsonNode value) => value switch
    {
        JsonObject => "object",
        JsonArray => "array",
        JsonValue flag when flag.TryGetValue(out bool _) => "boolean",
        JsonValue text when text.TryGetValue(out string? _) => "string",
        JsonValue number => Json.AsDecimal(number) is { } amount && amount == decimal.Truncate(amount) ? "integer"
            : "number",
        _ => "null",
    };
}
