using System.Globalization;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Objects as rows of a table: what <c>kubectl get</c> asks for and prints.</summary>
internal static class Tables
{
    private static readonly Column Name =
        new("Name", "string", 0, (value, _) => value.Text("metadata", "name")) { Format = "name" };
    private static readonly Column Age =
        new("Age", "string", 0, (value, now) => AgeOf(value.At("metadata", "creationTimestamp"), now));

    /// <summary>The version of table the client prefers; null when it wants the objects.</summary>
    public static string? Wanted(ApiRequest request) => Preferred(request, "as=Table");

    /// <summary>The version in which the client wants nothing but metadata; null when it wants more.</summary>
    public static string? WantedMetadata(ApiRequest request) => Preferred(request, "as=PartialObjectMetadata");

    /// <summary>An object reduced to its metadata.</summary>
    public static JsonObject MetadataOf(string version, JsonObject value) =>
        new()
        {
            ["kind"] = "PartialObjectMetadata",
            ["apiVersion"] = version,
            ["metadata"] = value["metadata"]?.DeepClone()
        };

    private static string? Preferred(ApiRequest request, string form)
    {
        foreach (var choice in request.Http.Request.Headers.Accept.ToString().Split(','))
        {
            if (choice.Contains(form, StringComparison.Ordinal))
            {
                return choice.Contains("v=v1beta1", StringComparison.Ordinal) ? "meta.k8s.io/v1beta1"
                    : "meta.k8s.io/v1";
            }

            if (choice.Trim() is "application/json" or "*/*" || choice.Contains(";as=", StringComparison.Ordinal))
            {
                return null;
            }
        }

        return null;
    }

    public static string IncludesObject(ApiRequest request) => request.Query("includeObject") ?? "Metadata";

    /// <summary>One object as the client wants it; null when as it is.</summary>
    public static JsonObject? Negotiate(ApiRequest request, ResourceType type, JsonObject value, DateTimeOffset now)
    {
        if (WantedMetadata(request) is { } reduced)
        {
            return MetadataOf(reduced, value);
        }

        if (Wanted(request) is not { } version)
        {
            return null;
        }

        var metadata = new JsonObject { ["resourceVersion"] = value.Text("metadata", "resourceVersion") };
        return Build(version, type, [value], metadata, now, IncludesObject(request));
    }

    public static JsonObject Build(
        string version, ResourceType type, IEnumerable<JsonObject> values, JsonObject metadata, DateTimeOffset now,
            string includeObject, bool headings = true)
    {
        List<Column> columns = type.Storage == "events" ? [.. type.Columns, Name with { Priority = 1 }]
            : [Name, .. type.Columns];
        if (!type.IsCustom && !type.Columns.Any(column => column.Name is "Created At" or "Last Seen"))
        {
            var wide = columns.FindIndex(column => column.Priority > 0);
            columns.Insert(wide < 0 ? columns.Count : wide, Age);
        }

        var table = new JsonObject { ["kind"] = "Table", ["apiVersion"] = version, ["metadata"] = metadata };
        table["columnDefinitions"] = !headings ? null
            : new JsonArray([.. columns.Select(column => (JsonNode)new JsonObject
        {
            ["name"] = column.Name, ["type"] = column.Type, ["format"] = column.Format,
                ["description"] = column.Description, ["priority"] = column.Priority,
        })]);
        table["rows"] = new JsonArray([.. values.Select(value => (JsonNode)new JsonObject
        {
            ["cells"] = new JsonArray([.. columns.Select(column => column.Value(value, now))]),
            ["object"] = includeObject switch
            {
                "None" => null,
                "Object" => value.DeepClone(),
                _ => MetadataOf(version, value),
            },
        })]);
        return table;
    }

    /// <summary>The columns that a custom resource definition names for a version.</summary>
    public static IReadOnlyList<Column> Custom(JsonObject version)
    {
        var columns = version.Items("additionalPrinterColumns").ToList();
        return columns.Count == 0
            ? [Age]
            : [.. columns.Select(column =>
            {
                var (path, type) = (SimpleJsonPath.Parse(column.Text("jsonPath") ?? ""), column.Text("type")
                    ?? "string");
                return new Column(column.Text("name")
                    ?? "", type, (int)(column.Number("priority") ?? 0), (value, now) =>
                    Cell(path.Read(value), type, now))
                {
                    Description = column.Text("description") ?? "", Format = column.Text("format") ?? "",
                };
            })];
    }

    /// <summary>How long ago, as kubectl says it: 12s, 5m3s, 2d.</summary>
    public static JsonNode? AgeOf(JsonNode? timestamp, DateTimeOffset now) =>
        timestamp.Text() is { } text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? JsonValue.Create(Duration(now - time))
            : JsonValue.Create("<unknown>");

    public static string Duration(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        return seconds switch
        {
            < -1 => "<invalid>",
            < 0 => "0s",
            < 120 => $"{seconds}s",
            < 600 => Two(seconds / 60, "m", seconds % 60, "s"),
            < 3 * 3600 => $"{seconds / 60}m",
            < 8 * 3600 => Two(seconds / 3600, "h", seconds / 60 % 60, "m"),
            < 48 * 3600 => $"{seconds / 3600}h",
            < 192 * 3600 => Two(seconds / 86400, "d", seconds / 3600 % 24, "h"),
            < 365L * 2 * 86400 => $"{seconds / 86400}d",
            _ => Two(seconds / (365 * 86400), "y", seconds / 86400 % 365, "d"),
        };
    }

    private static string Two(long large, string unit, long small, string smallUnit) => small == 0 ? $"{large}{unit}"
        : $"{large}{unit}{small}{smallUnit}";

    private static JsonNode? Cell(JsonNode? value, string type, DateTimeOffset now) => (value, type) switch
    {
        (null, _) => null,
        (_, "date") => AgeOf(value, now),
        (JsonValue plain, _) => type == "string" && !plain.TryGetValue(out string? _)
            ? JsonValue.Create(plain.ToJsonString()) : plain.DeepClone(),
        _ => JsonValue.Create(Json.Compact(value)),
    };
}
