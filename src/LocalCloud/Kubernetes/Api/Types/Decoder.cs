using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>
/// Reads an object as its type has it: members that the type does not know are left out (and reported), nulls count as absent, a value
/// of another kind than the type's is refused. Types come from the built-in schemas; custom resources are pruned by theirs.
/// </summary>
internal sealed class Decoder
{
    private readonly ResourceType _type;
    private readonly List<string> _unknown = [];

    private Decoder(ResourceType type) => _type = type;

    /// <param name="type">The type the path names.</param>
    /// <param name="body">What came; not changed.</param>
    /// <param name="duplicates">Members that came twice.</param>
    /// <param name="fieldValidation">Strict, Warn, Ignore, or nothing, which is Warn.</param>
    /// <param name="warnings">Takes what is to be warned of.</param>
    public static JsonObject Decode(
        ResourceType type, JsonObject body, IReadOnlyList<string> duplicates, string? fieldValidation,
            List<string> warnings)
    {
        CheckKind(type, body);
        var decoder = new Decoder(type);
        var result = decoder.Root(body);
        var complaints = decoder._unknown.Select(path =>
            $"unknown field \"{path}\"").Concat(duplicates.Select(path => $"duplicate field \"{path}\"")).ToList();
        if (complaints.Count > 0 && fieldValidation == "Strict")
        {
            throw ApiErrors.BadRequest(type.IsCustom
                ? $"strict decoding error: {string.Join(", ", complaints)}"
                : $"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: strict decoding error: {string.Join(", ", complaints)}");
        }

        if (fieldValidation != "Ignore")
        {
            warnings.AddRange(complaints);
        }

        return result;
    }

    private static void CheckKind(ResourceType type, JsonObject body)
    {
        var (kind, version) = (body.Text("kind") ?? "", body.Text("apiVersion") ?? "");
        if (kind.Length == 0 && version.Length == 0 && !type.IsCustom)
        {
            return;
        }

        if (kind.Length == 0)
        {
            throw ApiErrors.BadRequest($"Object 'Kind' is missing in '{Json.Compact(body)}'");
        }

        if (kind != type.Kind || version != type.ApiVersion)
        {
            throw ApiErrors.BadRequest(version != type.ApiVersion
                ? $"the API version in the data ({version}) does not match the expected API version ({type.ApiVersion})"
                : $"{kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: converting ({kind}) to ({type.Kind}): unknown conversion");
        }
    }

    private JsonObject Root(JsonObject body)
    {
        var result = new JsonObject { ["kind"] = _type.Kind, ["apiVersion"] = _type.ApiVersion };
        var meta = BuiltInSchemas.Of(typeof(k8s.Models.V1ObjectMeta));
        if (body["metadata"] is JsonObject metadata)
        {
            result["metadata"] = Read(meta, metadata, "metadata", "ObjectMeta", builtIn: true);
        }

        foreach (var (name, value) in body)
        {
            if (name is "kind" or "apiVersion" or "metadata")
            {
                continue;
            }

            if (_type.Schema.Member(name) is { } schema)
            {
                Put(result, name, value, schema, name, _type.Schema.TypeName ?? _type.Kind, !_type.IsCustom);
            }
            else
            {
                _unknown.Add(name);
            }
        }

        return result;
    }

    private void Put(JsonObject into, string name, JsonNode? value, Schema schema, string path, string owner,
        bool builtIn)
    {
        if (value is null && (builtIn || !schema.Nullable && schema.Kind != SchemaKind.Any))
        {
            // A custom resource's null where a default exists means the default; elsewhere it is refused by validation as a wrong type.
            if (!builtIn && schema.DefaultValue is null)
            {
                into[name] = null;
            }

            return;
        }

        into[name] = Read(schema, value, path, owner, builtIn);
    }

    private JsonNode? Read(Schema schema, JsonNode? value, string path, string owner, bool builtIn)
    {
        switch (value)
        {
            case JsonObject map when schema.Kind is SchemaKind.Object or SchemaKind.Map:
                var result = new JsonObject();
                foreach (var (name, child) in map)
                {
                    var childPath = $"{path}.{name}";
                    if (schema.EmbeddedResource && name is "apiVersion" or "kind" or "metadata")
                    {
                        result[name] = child?.DeepClone();
                    }
                    else if (schema.Member(name) is { } member)
                    {
                        Put(result, name, child, member, childPath, schema.TypeName ?? owner, builtIn);
                    }
                    else
                    {
                        _unknown.Add(childPath);
                    }
                }

                return result;
            case JsonArray list when schema.Kind == SchemaKind.List:
                return new JsonArray([.. list.Select((item, index) =>
                    Read(schema.Element!, item, $"{path}[{index}]", owner, builtIn))]);
            default:
                if (builtIn && !Fits(schema, value))
                {
                    throw ApiErrors.BadRequest(
                        $"{_type.Kind} in version \"{_type.Version}\" cannot be handled as a {_type.Kind}: json: cannot unmarshal " +
                        $"{GoValue(value)} into Go struct field {owner}.{WithoutIndexes(path)} of type {GoType(schema)}");
                }

                return schema.Kind == SchemaKind.Quantity && value is JsonValue number
                    && !number.TryGetValue(out string? _)
                    ? JsonValue.Create(number.ToJsonString())
                    : value?.DeepClone();
        }
    }

    private static bool Fits(Schema schema, JsonNode? value) => schema.Kind switch
    {
        SchemaKind.Any => true,
        SchemaKind.String => value is JsonValue text && text.TryGetValue(out string? _),
        SchemaKind.Integer => value is JsonValue number && Json.AsDecimal(number) is { } amount
            && amount == decimal.Truncate(amount) && !number.TryGetValue(out string? _),
        SchemaKind.Number => value is JsonValue real && Json.AsDecimal(real) is not null,
        SchemaKind.Boolean => value is JsonValue flag && flag.TryGetValue(out bool _),
        SchemaKind.IntOrString or SchemaKind.Quantity => value is JsonValue either && !either.TryGetValue(out bool _),
        _ => false,
    };

    private static string GoValue(JsonNode? value) => value switch
    {
        JsonObject => "object",
        JsonArray => "array",
        JsonValue flag when flag.TryGetValue(out bool _) => "bool",
        JsonValue text when text.TryGetValue(out string? _) => "string",
        JsonValue number => Json.AsDecimal(number) is { } amount && amount == decimal.Truncate(amount) ? "number"
            : "number " + number.ToJsonString(),
        _ => "null",
    };

    private static string GoType(Schema schema) => schema.Kind switch
    {
        SchemaKind.String => "string",
        SchemaKind.Boolean => "bool",
        SchemaKind.Integer => schema.Format ?? "int64",
        SchemaKind.Number => "float64",
        SchemaKind.Map => $"map[string]{GoType(schema.Element!)}",
        SchemaKind.List => $"[]{GoType(schema.Element!)}",
        SchemaKind.Quantity => "resource.Quantity",
        SchemaKind.IntOrString => "intstr.IntOrString",
        _ => schema.TypeName ?? "object",
    };

    private static string WithoutIndexes(string path) =>
        System.Text.RegularExpressions.Regex.Replace(path, @"\[\d+\]", "");
}
