using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The part of JSONPath that printer columns and scale paths use: members, indexes, and a filter by a member's value.</summary>
internal sealed partial class SimpleJsonPath
{
    private readonly List<(string Kind, string Value, string Equal)> _steps = [];

    public static SimpleJsonPath Parse(string text)
    {
        var path = new SimpleJsonPath();
        foreach (Match match in Step().Matches(text))
        {
            if (match.Groups["member"].Success)
            {
                path._steps.Add(("member", match.Groups["member"].Value.Replace("\\.", ".", StringComparison.Ordinal),
                    ""));
            }
            else if (match.Groups["quoted"].Success)
            {
                path._steps.Add(("member", match.Groups["quoted"].Value, ""));
            }
            else if (match.Groups["index"].Success)
            {
                path._steps.Add(("index", match.Groups["index"].Value, ""));
            }
            else
            {
                path._steps.Add(("filter", match.Groups["key"].Value, match.Groups["equal"].Value));
            }
        }

        return path;
    }

    public JsonNode? Read(JsonNode? node)
    {
        foreach (var (kind, value, equal) in _steps)
        {
            node = (kind, node) switch
            {
                ("member", JsonObject map) => map[value],
                ("index", JsonArray list) when value == "*" => list.FirstOrDefault(),
                ("index", JsonArray list) => int.Parse(value, CultureInfo.InvariantCulture) is var index
                    && index < list.Count ? list[index] : null,
                ("filter", JsonArray list) => list.FirstOrDefault(item => item.Text(value) == equal),
                _ => null,
            };
        }

        return node;
    }

    [GeneratedRegex("""\.(?<member>(?:\\\.|[^.\[\]])+)|\['(?<quoted>[^']*)'\]|\[(?<index>\d+|\*)\]|\[\?\(@\.(?<key>[^=!\s]+)\s*==\s*["'](?<equal>[^"']*)["']\s*\)\]""")]
    private static partial Regex Step();
}
