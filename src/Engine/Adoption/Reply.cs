using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Mayfly.Engine.Adoption;

/// <summary>An API's answer as a tree of named nodes, whether it came as XML or JSON; a list is several nodes of one name.</summary>
/// <param name="Name">Element or property name.</param>
/// <param name="Text">The value of a leaf.</param>
/// <param name="Children">What is below it.</param>
public sealed record Reply(string Name, string? Text, IReadOnlyList<Reply> Children)
{
    /// <summary>An answer with nothing in it.</summary>
    public static readonly Reply Empty = new("", null, []);

    /// <summary>The nodes at a path, <c>routeTableSet.item</c>; every step takes all nodes of that name.</summary>
    public IEnumerable<Reply> Select(string path) =>
        path.Split('.').Aggregate<string, IEnumerable<Reply>>([this], (nodes, step) => nodes.SelectMany(node => node.Children.Where(child => child.Name == step)));

    /// <summary>Tags at a path: a map, or a list of Key and Value (or key and value) pairs.</summary>
    public IReadOnlyDictionary<string, string> Tags(string path)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in Select(path))
        {
            if (Pair(node) is { } pair)
            {
                tags[pair.Key] = pair.Value;
                continue;
            }

            foreach (var child in node.Children.Where(child => child.Text is not null))
            {
                tags[child.Name] = child.Text!;
            }
        }

        return tags;
    }

    /// <summary>From XML, namespaces already dropped.</summary>
    public static Reply From(XElement element) =>
        element.HasElements
            ? new Reply(element.Name.LocalName, null, [.. element.Elements().Select(From)])
            : new Reply(element.Name.LocalName, element.Value, []);

    /// <summary>From JSON.</summary>
    public static Reply From(JsonNode? node) => new("", null, [.. Nodes("", node).SelectMany(root => root.Children)]);

    private static IEnumerable<Reply> Nodes(string name, JsonNode? node) => node switch
    {
        JsonObject map => [new Reply(name, null, [.. map.SelectMany(pair => Nodes(pair.Key, pair.Value))])],
        JsonArray list => list.SelectMany(item => Nodes(name, item)),
        JsonValue value => [new Reply(name, value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(), [])],
        _ => [],
    };

    private static KeyValuePair<string, string>? Pair(Reply node)
    {
        string? Field(string lower, string upper) =>
            node.Children.FirstOrDefault(child => child.Name == lower || child.Name == upper)?.Text;
        return Field("key", "Key") is { } key && node.Children.Any(child => child.Name is "value" or "Value")
            ? new(key, Field("value", "Value") ?? "")
            : null;
    }
}
