using System.Text.Json.Nodes;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Values;

namespace Mayfly.Engine.Deployment;

/// <summary>An object that a chart makes, as helm would send it.</summary>
/// <param name="Body">The object.</param>
/// <param name="Source">The chart's file that it comes from; empty where helm does not say.</param>
public sealed record ChartObject(JsonObject Body, string Source)
{
    private const string SourceMark = "# Source: ";

    /// <summary>Which object it is.</summary>
    public ObjectReference Reference { get; } = new(
        Text(Body, "apiVersion") ?? "", Text(Body, "kind") ?? "", Text(Body, "metadata", "namespace"), Text(Body, "metadata", "name") ?? "");

    /// <summary>True when it is a hook: helm makes it anew each time, and it is no part of the release.</summary>
    public bool IsHook => Text(Body, "metadata", "annotations", "helm.sh/hook") is { Length: > 0 };

    /// <summary>True when helm deletes a hook of before by itself; what is not said means this.</summary>
    public bool IsReplacedByHelm =>
        Text(Body, "metadata", "annotations", "helm.sh/hook-delete-policy") is not { Length: > 0 } policy
        || policy.Split(',', StringSplitOptions.TrimEntries).Contains("before-hook-creation");

    /// <summary>True for a definition in <c>crds/</c>: helm makes it at the first installation and never touches it again.</summary>
    public bool IsFromCrds => Reference.Kind == "CustomResourceDefinition" && Source.Contains("/crds/", StringComparison.Ordinal);

    /// <summary>True when the chart asks that it outlive its release.</summary>
    public bool IsKept => Text(Body, "metadata", "annotations", "helm.sh/resource-policy") == "keep";

    /// <summary>The objects of a manifest; documents that are none are left out.</summary>
    public static IReadOnlyList<ChartObject> ReadAll(string manifest)
    {
        var objects = new List<ChartObject>();
        var source = "";
        var document = new List<string>();
        foreach (var line in manifest.Split('\n').Append("---"))
        {
            if (line.StartsWith("---", StringComparison.Ordinal) && line.TrimEnd() == "---")
            {
                objects.AddRange(Read(string.Join('\n', document), source));
                document.Clear();
                continue;
            }

            // Only the first document of a file is marked; those after it are of the same file.
            if (document.Count == 0 && line.StartsWith(SourceMark, StringComparison.Ordinal))
            {
                source = line[SourceMark.Length..].Trim();
            }

            document.Add(line);
        }

        return objects;
    }

    /// <summary>A text inside an object; null when there is none.</summary>
    public static string? Text(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var step in path)
        {
            node = (node as JsonObject)?[step];
        }

        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    private static IEnumerable<ChartObject> Read(string document, string source)
    {
        var root = ValueReader.Read(document, source, YamlDialect.Helm, out _);
        if (root is null || ValueJson.Of(root) is not JsonObject body)
        {
            return [];
        }

        if (Text(body, "kind")?.EndsWith("List", StringComparison.Ordinal) is true && body["items"] is JsonArray items)
        {
            return items.OfType<JsonObject>().Select(item => new ChartObject(item.DeepClone().AsObject(), source)).Where(IsObject);
        }

        return new[] { new ChartObject(body, source) }.Where(IsObject);
    }

    private static bool IsObject(ChartObject read) =>
        read.Reference is { ApiVersion.Length: > 0, Kind.Length: > 0, Name.Length: > 0 };
}
