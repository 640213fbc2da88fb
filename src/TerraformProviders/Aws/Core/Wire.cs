using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Mayfly.Aws.Protocols;

namespace Mayfly.TerraformProviders.Aws.Core;

/// <summary>
/// What AWS answers and is asked, as JSON whatever the protocol: XML becomes JSON on the way in, and JSON becomes
/// form parameters on the way out.
/// </summary>
internal static class Wire
{
    /// <summary>The node at a path of names and indices (<c>vpcSet.0.vpcId</c>), or null.</summary>
    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (var part in path.Split('.'))
        {
            node = node switch
            {
                JsonObject named when named.TryGetPropertyValue(part, out var child) => child,
                JsonObject named when int.TryParse(part, CultureInfo.InvariantCulture, out var index) => Flat(named).ElementAtOrDefault(index),
                JsonArray array when int.TryParse(part, CultureInfo.InvariantCulture, out var index) && index < array.Count => array[index],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The text at a path; null when there is none or it is empty.</summary>
    public static string? Text(this JsonNode? node, string path) => node.At(path) switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>() is { Length: > 0 } text ? text : null,
        JsonValue value => value.ToJsonString(),
        _ => null,
    };

    /// <summary>Tags as a request lists them.</summary>
    /// <param name="tags">The tags.</param>
    /// <param name="key">What the service calls a key.</param>
    /// <param name="value">What it calls a value.</param>
    public static JsonArray Tags(IReadOnlyDictionary<string, string> tags, string key = "Key", string value = "Value") =>
        [.. tags.Select(tag => (JsonNode)new JsonObject { [key] = tag.Key, [value] = tag.Value })];

    /// <summary>The text at a path that has to be there.</summary>
    public static string Must(this JsonNode? node, string path) =>
        node.Text(path) ?? throw new InvalidOperationException($"the answer has no {path}");

    /// <summary>The truth at a path; false when there is none.</summary>
    public static bool Flag(this JsonNode? node, string path) => node.Text(path) == "true";

    /// <summary>The whole number at a path.</summary>
    public static long? Number(this JsonNode? node, string path) =>
        decimal.TryParse(node.Text(path), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? (long)number : null;

    /// <summary>The instant at a path, to the second, as Terraform shows it.</summary>
    public static string? Instant(this JsonNode? node, string path)
    {
        var text = node.Text(path);
        DateTimeOffset? instant = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds))
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : null;
        return instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>The elements of the list at a path, whatever its elements are called.</summary>
    public static IReadOnlyList<JsonNode> Items(this JsonNode? node, string path = "") =>
        [.. Flat(path.Length == 0 ? node : node.At(path)).OfType<JsonNode>()];

    /// <summary>One text of each element of the list at a path.</summary>
    public static IReadOnlyList<string> Texts(this JsonNode? node, string path, string name = "") =>
        [.. node.Items(path).Select(item => name.Length > 0 ? item.Text(name) : item is JsonValue value ? value.ToString() : null).OfType<string>()];

    /// <summary>A document as JSON. Attributes that are not of the schema namespace are read as members too.</summary>
    public static JsonNode FromXml(XElement element)
    {
        if (!element.HasElements)
        {
            return JsonValue.Create(element.Value);
        }

        var result = new JsonObject();
        foreach (var group in element.Elements().GroupBy(child => child.Name.LocalName))
        {
            var children = group.Select(FromXml).ToArray();
            result[group.Key] = children.Length == 1 && group.Key is not ("item" or "member") ? children[0] : new JsonArray([.. children]);
        }

        foreach (var attribute in element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration))
        {
            result["@" + attribute.Name.LocalName] = attribute.Value;
        }

        return result;
    }

    /// <summary>Form parameters: members by dots, list elements by number from 1.</summary>
    public static AwsParameters ToForm(JsonObject input)
    {
        var form = new AwsParameters();
        Flatten(form, "", input);
        return form;
    }

    /// <summary>Elements as the query protocol numbers them, below <c>member</c>; null for none.</summary>
    public static JsonObject? Members(IEnumerable<JsonNode?> elements) => Members("member", elements);

    /// <summary>Elements below the name that the service's model gives them; null for none.</summary>
    public static JsonObject? Members(string name, IEnumerable<JsonNode?> elements)
    {
        var array = new JsonArray([.. elements]);
        return array.Count == 0 ? null : new JsonObject { [name] = array };
    }

    /// <summary>Texts as a JSON array; null for none.</summary>
    public static JsonArray? Array(IEnumerable<string> texts)
    {
        var array = new JsonArray([.. texts.Select(text => (JsonNode)text)]);
        return array.Count == 0 ? null : array;
    }

    /// <summary>XML of a JSON object, members in their order, null left out; arrays repeat their name.</summary>
    public static XElement ToXml(XName name, JsonNode? node) => node switch
    {
        JsonObject members => new XElement(name, members.Where(member => member.Value is not null).SelectMany(member =>
            member.Value is JsonArray array
                ? array.Select(item => ToXml(name.Namespace + member.Key, item))
                : [ToXml(name.Namespace + member.Key, member.Value)])),
        null => new XElement(name),
        _ => new XElement(name, node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString()),
    };

    private static IEnumerable<JsonNode?> Flat(JsonNode? node) => node switch
    {
        JsonArray array => array,
        JsonObject named => named.SelectMany(member => member.Value is JsonArray array ? array : (IEnumerable<JsonNode?>)[member.Value]),
        _ => [],
    };

    private static void Flatten(AwsParameters form, string name, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject named:
                foreach (var (key, value) in named)
                {
                    Flatten(form, name.Length == 0 ? key : $"{name}.{key}", value);
                }

                break;
            case JsonArray array:
                foreach (var (index, value) in array.Index())
                {
                    Flatten(form, $"{name}.{index + 1}", value);
                }

                break;
            case not null:
                form.Add(name, node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString());
                break;
            default:
                break;
        }
    }
}
