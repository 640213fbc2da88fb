using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What is wrong with one field, as Kubernetes words it.</summary>
/// <param name="Reason">FieldValueInvalid, FieldValueRequired…</param>
/// <param name="Field">The field's path.</param>
/// <param name="Body">The text without the path.</param>
internal sealed record FieldError(string Reason, string Field, string Body)
{
    public static FieldError Required(string field, string why = "") =>
        new("FieldValueRequired", field, why.Length == 0 ? "Required value" : "Required value: " + why);

    public static FieldError Invalid(string field, JsonNode? value, string why) =>
        new("FieldValueInvalid", field, $"Invalid value: {Show(value)}: {why}");

    /// <summary>Invalid, with a value that is shown by its type's name, as Go's structs are.</summary>
    public static FieldError InvalidText(string field, string shown, string why) =>
        new("FieldValueInvalid", field, $"Invalid value: {shown}: {why}");

    public static FieldError Forbidden(string field, string why) =>
        new("FieldValueForbidden", field, "Forbidden: " + why);

    public static FieldError NotSupported(string field, string? value, IEnumerable<string> supported) => new(
        "FieldValueNotSupported", field,
        $"Unsupported value: \"{value}\": supported values: {string.Join(", ", supported.Select(item => $"\"{item}\""))}");

    public static FieldError Duplicate(string field, JsonNode? value) =>
        new("FieldValueDuplicate", field, $"Duplicate value: {Show(value)}");

    public static FieldError Type(string field, JsonNode? value, string why) =>
        new("FieldValueTypeInvalid", field, $"Invalid value: {Show(value)}: {why}");

    public override string ToString() => $"{Field}: {Body}";

    private static string Show(JsonNode? value) => value is JsonValue text && text.TryGetValue(out string? plain)
        ? Json.Compact(JsonValue.Create(plain))
        : Json.Compact(value);
}
