using System.Text.Json.Nodes;
using Mayfly.Engine.Environments;

namespace Mayfly.Engine.Adoption;

/// <summary>Makes a rule's question about one planned resource.</summary>
internal static class QuestionWriter
{
    private const string FilterPrefix = "Filter.";

    /// <summary>The question; null when an attribute that it needs is not known before the apply.</summary>
    public static Question? Write(IdentityRule rule, AttributeTemplate template, string? nameTag, string environment)
    {
        var (path, query) = Path(rule.Path, template);
        if (path is null)
        {
            return null;
        }

        var input = new List<KeyValuePair<string, JsonNode?>>();
        var filters = new List<(string Name, string[] Values)>();
        foreach (var (key, value) in rule.Input)
        {
            if (Fill(value, template, out var node) is false)
            {
                return null;
            }

            if (key.StartsWith(FilterPrefix, StringComparison.Ordinal))
            {
                filters.Add((key[FilterPrefix.Length..], node!.GetValue<string>().Split(',', StringSplitOptions.RemoveEmptyEntries)));
            }
            else
            {
                input.Add(new(key, node));
            }
        }

        if (rule.Tagged)
        {
            AddTags(rule, nameTag, environment, input, filters);
        }

        foreach (var (index, (name, values)) in filters.Where(filter => filter.Values.Length > 0).Index())
        {
            input.Add(new($"Filter.{index + 1}.Name", name));
            input.AddRange(values.Index().Select(value => KeyValuePair.Create<string, JsonNode?>($"Filter.{index + 1}.Value.{value.Index + 1}", value.Item)));
        }

        return new Question(rule.Service, rule.Operation, path, query, input);
    }

    private static void AddTags(
        IdentityRule rule, string? nameTag, string environment, List<KeyValuePair<string, JsonNode?>> input, List<(string Name, string[] Values)> filters)
    {
        if (rule.Service == "tagging")
        {
            var wanted = new JsonArray(new JsonObject { ["Key"] = EnvironmentIdentity.OwnerTag, ["Values"] = new JsonArray(environment) });
            if (nameTag is not null)
            {
                wanted.Add((JsonNode)new JsonObject { ["Key"] = "Name", ["Values"] = new JsonArray(nameTag) });
            }

            input.Add(new("TagFilters", wanted));
            return;
        }

        filters.Add(($"tag:{EnvironmentIdentity.OwnerTag}", [environment]));
        if (nameTag is not null)
        {
            filters.Add(("tag:Name", [nameTag]));
        }
    }

    /// <summary>A path and its query, filled and escaped; null when an attribute is not known before the apply, or can be no name in a path.</summary>
    public static (string? Path, IReadOnlyList<KeyValuePair<string, string>> Query) Path(string? path, AttributeTemplate template)
    {
        if (path is null)
        {
            return ("/", []);
        }

        var parts = path.Split('?', 2);
        var segments = new List<string>();
        foreach (var segment in parts[0].Split('/'))
        {
            // An empty segment or dots would make it the path of something else, which then seems to be what was asked for.
            if (template.Fill(segment) is not { } filled || filled is "." or ".." || (filled.Length == 0 && segment.Length > 0))
            {
                return (null, []);
            }

            segments.Add(Uri.EscapeDataString(filled));
        }

        var query = new List<KeyValuePair<string, string>>();
        foreach (var pair in parts.Length == 2 ? parts[1].Split('&') : [])
        {
            var equals = pair.IndexOf('=');
            if (template.Fill(equals < 0 ? "" : pair[(equals + 1)..]) is not { } value)
            {
                return (null, []);
            }

            query.Add(new(equals < 0 ? pair : pair[..equals], value));
        }

        return (string.Join('/', segments), query);
    }

    private static bool Fill(object? value, AttributeTemplate template, out JsonNode? node)
    {
        node = null;
        switch (value)
        {
            case string text:
                node = template.Fill(text);
                return node is not null;
            case List<object?> list:
                var array = new JsonArray();
                foreach (var item in list)
                {
                    if (!Fill(item, template, out var filled))
                    {
                        return false;
                    }

                    array.Add(filled);
                }

                node = array;
                return true;
            case Dictionary<string, object?> map:
                var members = new JsonObject();
                foreach (var (key, item) in map)
                {
                    if (!Fill(item, template, out var filled))
                    {
                        return false;
                    }

                    members[key] = filled;
                }

                node = members;
                return true;
            default:
                return true;
        }
    }
}
