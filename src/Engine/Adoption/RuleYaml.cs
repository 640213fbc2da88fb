using YamlDotNet.RepresentationModel;

namespace Mayfly.Engine.Adoption;

/// <summary>Reads the rows of the rule files.</summary>
internal static class RuleYaml
{
    /// <summary>A field that is a text; null when it is absent.</summary>
    public static string? Text(YamlMappingNode row, string key) => row.Children.TryGetValue(key, out var node) ? Scalar(node) : null;

    /// <summary>A field that is a text, or a list of texts.</summary>
    public static IReadOnlyList<string> Texts(YamlMappingNode row, string key) =>
        row[key] is YamlSequenceNode list ? [.. list.Select(Scalar)] : [Scalar(row[key])];

    /// <summary>A field that is a tree of templates; empty when it is absent.</summary>
    public static IReadOnlyDictionary<string, object?> Map(YamlMappingNode row, string key) =>
        row.Children.TryGetValue(key, out var node) ? (IReadOnlyDictionary<string, object?>)Tree(node)! : new Dictionary<string, object?>();

    /// <summary>The text of a leaf.</summary>
    public static string Scalar(YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    private static object? Tree(YamlNode node) => node switch
    {
        YamlMappingNode map => map.ToDictionary(pair => Scalar(pair.Key), pair => Tree(pair.Value)),
        YamlSequenceNode list => list.Select(Tree).ToList(),
        _ => Scalar(node),
    };
}
