namespace Mayfly.Engine.Environments;

/// <summary>Expands the templates inside a tree of plain objects, as the configuration holds Helm overrides and Terraform variables.</summary>
public static class TemplateTree
{
    /// <summary>The tree with every string and every key expanded; numbers, truth values and nulls stay.</summary>
    public static object? Expand(object? node, IReadOnlyDictionary<string, string> variables) => node switch
    {
        string text => Template.Expand(text, variables),
        IReadOnlyDictionary<string, object?> map => Expand(map, variables),
        IEnumerable<object?> list => list.Select(item => Expand(item, variables)).ToList(),
        _ => node,
    };

    /// <summary>The map with every string and every key expanded; of keys that become the same, the last one stays.</summary>
    public static IReadOnlyDictionary<string, object?> Expand(
        IReadOnlyDictionary<string, object?> map, IReadOnlyDictionary<string, string> variables)
    {
        var expanded = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in map)
        {
            expanded[Template.Expand(key, variables)] = Expand(value, variables);
        }

        return expanded;
    }
}
