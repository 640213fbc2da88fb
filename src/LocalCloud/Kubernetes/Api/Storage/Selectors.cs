using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>One requirement of a label selector.</summary>
internal sealed record LabelRequirement(string Key, string Operator, IReadOnlyList<string> Values)
{
    public bool Matches(JsonObject? labels)
    {
        var value = labels.Text(Key);
        return Operator switch
        {
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            "In" => value is not null && Values.Contains(value),
            "NotIn" => value is null || !Values.Contains(value),
            "Gt" => Compare(value) is > 0,
            "Lt" => Compare(value) is < 0,
            _ => false,
        };
    }

    private int? Compare(string? value) =>
        long.TryParse(value, out var have) && long.TryParse(Values[0], out var want) ? have.CompareTo(want) : null;
}

/// <summary>Label selectors, in the query's notation and as objects.</summary>
internal static partial class LabelSelector
{
    public static IReadOnlyList<LabelRequirement> Parse(string text)
    {
        var requirements = new List<LabelRequirement>();
        foreach (var part in SplitOutsideParentheses(text))
        {
            var term = part.Trim();
            if (term.Length == 0)
            {
                continue;
            }

            if (Sets().Match(term) is { Success: true } set)
            {
                var values = set.Groups[3].Value.Split(',').Select(value => value.Trim()).ToList();
                requirements.Add(new(set.Groups[1].Value, set.Groups[2].Value == "in" ? "In" : "NotIn", values));
            }
            else if (Equality().Match(term) is { Success: true } pair)
            {
                var operation = pair.Groups[2].Value switch { "!=" => "NotIn", ">" => "Gt", "<" => "Lt", _ => "In" };
                requirements.Add(new(pair.Groups[1].Value, operation, [pair.Groups[3].Value]));
            }
            else if (Existence().Match(term) is { Success: true } key)
            {
                requirements.Add(new(key.Groups[2].Value, key.Groups[1].Value == "!" ? "DoesNotExist" : "Exists", []));
            }
            else
            {
                throw ApiErrors.BadRequest(
                    $"unable to parse requirement: found '{term}', expected: !, identifier, or 'end of string'");
            }
        }

        return requirements;
    }

    /// <summary>A selector object with matchLabels and matchExpressions; an empty one matches all.</summary>
    public static bool Matches(JsonObject? selector, JsonObject? labels)
    {
        foreach (var (key, value) in selector.Map("matchLabels") ?? [])
        {
            if (labels.Text(key) is not { } have || have != value.Text())
            {
                return false;
            }
        }

        return selector.Items("matchExpressions").All(expression =>
            new LabelRequirement(expression.Text("key") ?? "", expression.Text("operator")
                ?? "", [.. expression.Texts("values")]).Matches(labels));
    }

    private static IEnumerable<string> SplitOutsideParentheses(string text)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    [GeneratedRegex(@"^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$")]
    private static partial Regex Sets();

    [GeneratedRegex(@"^([\w./-]+)\s*(!=|==|=|>|<)\s*([\w.-]*)$")]
    private static partial Regex Equality();

    [GeneratedRegex(@"^(!?)\s*([\w./-]+)$")]
    private static partial Regex Existence();
}

/// <summary>Field selectors: equality on the few fields that each type offers.</summary>
internal static class FieldSelector
{
    private static readonly Dictionary<string, string[]> Offered = new(StringComparer.Ordinal)
    {
        ["pods"] =
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
            "status.phase", "status.podIP", "status.nominatedNodeName",
        ],
        ["secrets"] = ["type"],
        ["namespaces"] = ["status.phase"],
        ["nodes"] = ["spec.unschedulable"],
        ["services"] = ["spec.clusterIP", "spec.type"],
        ["batch/jobs"] = ["status.successful"],
        ["apps/replicasets"] = ["status.replicas"],
        ["replicationcontrollers"] = ["status.replicas"],
        ["events"] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
                "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source",
                "type",
            "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "reportingController",
        ],
    };

    public static Func<JsonObject, bool> Parse(ResourceType type, string text)
    {
        var terms = new List<(string[] Path, string Value, bool Equal)>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var unequal = part.Contains("!=", StringComparison.Ordinal);
            var pair = part.Split(unequal ? "!=" : part.Contains("==", StringComparison.Ordinal) ? "==" : "=", 2);
            if (pair.Length != 2)
            {
                throw ApiErrors.BadRequest($"invalid selector: '{text}'; can't understand '{part}'");
            }

            var field = pair[0].Trim();
            if (field is not ("metadata.name" or "metadata.namespace") && !Selectable(type).Contains(field))
            {
                throw ApiErrors.BadRequest($"field label not supported: {field}");
            }

            terms.Add((Path(type, field), pair[1].Trim(), !unequal));
        }

        return value => terms.TrueForAll(term => (Read(value, term.Path) == term.Value) == term.Equal);
    }

    private static IEnumerable<string> Selectable(ResourceType type) =>
        type.IsCustom
            ? type.Definition.Items("spec", "versions").FirstOrDefault(version => version.Text("name") == type.Version)
                .Items("selectableFields").Select(field => field.Text("jsonPath")!.TrimStart('.'))
            : Offered.GetValueOrDefault(type.Storage) ?? [];

    private static string[] Path(ResourceType type, string field) => (type.Storage, field) switch
    {
        ("events", "source") => ["source", "component"],
        ("events", _) when field.StartsWith("regarding.", StringComparison.Ordinal) =>
            ["involvedObject", field["regarding.".Length..]],
        ("events", "reportingController") => ["reportingComponent"],
        ("batch/jobs", "status.successful") => ["status", "succeeded"],
        _ => field.Split('.'),
    };

    private static string Read(JsonObject value, string[] path) => value.At(path) switch
    {
        null => path is ["status", "replicas"] or ["status", "succeeded"] ? "0" : path is ["spec", "unschedulable"]
            ? "false" : "",
        JsonValue text when text.TryGetValue(out string? plain) => plain,
        var node => node.ToJsonString(),
    };
}
