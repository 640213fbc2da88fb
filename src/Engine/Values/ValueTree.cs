using System.Globalization;

namespace Mayfly.Engine.Values;

/// <summary>Building, merging and walking of value trees.</summary>
public static class ValueTree
{
    /// <summary>Helm's rule for values files: maps merge, everything else replaces, and a null stays to delete the chart's default.</summary>
    public static ValueMap Merge(ValueMap below, ValueMap above)
    {
        var merged = new OrderedDictionary<string, ValueEntry>(StringComparer.Ordinal);
        foreach (var entry in below.Entries)
        {
            merged[entry.Key] = entry;
        }

        foreach (var entry in above.Entries)
        {
            merged[entry.Key] = entry.Value is ValueMap upper && merged.TryGetValue(entry.Key, out var earlier) && earlier.Value is ValueMap lower
                ? entry with { Value = Merge(lower, upper) }
                : entry;
        }

        return new ValueMap([.. merged.Values], above.Entries.Count > 0 ? above.Origin : below.Origin);
    }

    /// <summary>A tree of plain objects (dictionaries, lists, strings, numbers, truth values, nulls) as nodes of one origin.</summary>
    public static ValueNode From(object? value, ValueOrigin origin) => value switch
    {
        null => new ValueScalar("null", true, null, origin),
        string text => new ValueScalar(text, false, null, origin),
        bool truth => new ValueScalar(truth ? "true" : "false", true, null, origin),
        IReadOnlyDictionary<string, object?> map => new ValueMap(
            [.. map.Select(pair => new ValueEntry(pair.Key, From(pair.Value, origin), origin))], origin),
        IEnumerable<object?> list => new ValueList([.. list.Select(item => From(item, origin))], origin),
        IFormattable number => new ValueScalar(number.ToString(null, CultureInfo.InvariantCulture), true, null, origin),
        _ => throw new ArgumentException($"a {value.GetType().Name} is no part of a value tree", nameof(value)),
    };

    /// <summary>Every scalar, empty map and empty list with its path, in the order of the tree.</summary>
    public static IEnumerable<(string Path, ValueNode Leaf)> Leaves(ValueNode node, string path = "")
    {
        var below = node switch
        {
            ValueMap map => map.Entries.SelectMany(entry => Leaves(entry.Value, ValuePath.Join(path, entry.Key))),
            ValueList list => list.Items.SelectMany((item, index) => Leaves(item, $"{path}[{index}]")),
            _ => [],
        };
        return node is ValueMap { Entries.Count: > 0 } or ValueList { Items.Count: > 0 } ? below : [(path, node)];
    }

    /// <summary>How many nodes a tree has once shared anchors are unfolded; counted without unfolding them.</summary>
    public static double UnfoldedSize(ValueNode node) => UnfoldedSize(node, new Dictionary<ValueNode, double>(ReferenceEqualityComparer.Instance));

    private static double UnfoldedSize(ValueNode node, Dictionary<ValueNode, double> known)
    {
        if (known.TryGetValue(node, out var size))
        {
            return size;
        }

        return known[node] = 1 + node switch
        {
            ValueMap map => map.Entries.Sum(entry => UnfoldedSize(entry.Value, known)),
            ValueList list => list.Items.Sum(item => UnfoldedSize(item, known)),
            _ => 0,
        };
    }
}
