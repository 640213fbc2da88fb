using System.Text.RegularExpressions;

namespace Mayfly.Engine.Values;

/// <summary>Finds and removes host names in values, whatever shape a chart gives them: keyed map, list, list of rules, one text, TLS blocks.</summary>
internal static partial class Hosts
{
    private static readonly string[] HostKeys = ["host", "hosts", "hostname", "hostnames", "tls", "extraHosts", "extraTls"];

    /// <summary>
    /// The tree without what lies at a host path: a keyed map loses its keys, a list its items, a single text goes. Keys that the
    /// chart's defaults set come back as null, which is how Helm deletes them.
    /// </summary>
    public static ValueMap Remove(ValueMap tree, ValueMap defaults, ValuePath path, ValueOrigin by) =>
        (ValueMap)(Remove(tree, defaults, path.Segments, by) ?? tree);

    /// <summary>The host names at a path.</summary>
    public static IEnumerable<ValueScalar> At(ValueMap tree, ValuePath path) => At(tree, path.Segments).SelectMany(Named);

    /// <summary>The host names in everything that looks like an ingress: below a key with "ingress" in it, at <c>host</c>, <c>hosts</c>, <c>tls</c>.</summary>
    public static IEnumerable<ValueScalar> InIngresses(ValueNode node, bool inside = false) => node switch
    {
        ValueMap map => map.Entries.SelectMany(entry =>
        {
            var below = InIngresses(entry.Value, inside || entry.Key.Contains("ingress", StringComparison.OrdinalIgnoreCase));
            return inside && HostKeys.Contains(entry.Key, StringComparer.OrdinalIgnoreCase) ? Named(entry.Value).Concat(below) : below;
        }),
        ValueList list => list.Items.SelectMany(item => InIngresses(item, inside)),
        _ => [],
    };

    /// <summary>Whether a text is a host name with a dot in it, a wildcard included.</summary>
    public static bool LooksLikeHost(string text) => HostName().IsMatch(text);

    /// <summary>Whether a text holds a host as a word of its own, as URLs do.</summary>
    public static bool Mentions(string text, string host)
    {
        for (var at = text.IndexOf(host, StringComparison.OrdinalIgnoreCase); at >= 0;
            at = text.IndexOf(host, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + host.Length;
            if ((at == 0 || !IsPartOfName(text[at - 1])) && (end == text.Length || !IsPartOfName(text[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPartOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.';

    private static ValueNode? Remove(ValueNode? node, ValueNode? defaults, IReadOnlyList<ValuePath.Segment> path, ValueOrigin by)
    {
        if (path.Count == 0)
        {
            return Emptied(node, defaults, by);
        }

        var (segment, rest) = (path[0], path.Skip(1).ToList());
        if (node is ValueList list && segment.IsAny)
        {
            return new ValueList([.. list.Items.Select(item => Remove(item, null, rest, by)).OfType<ValueNode>()], list.Origin);
        }

        if (node is not (null or ValueMap))
        {
            return node;
        }

        var entries = new OrderedDictionary<string, ValueEntry>(StringComparer.Ordinal);
        foreach (var entry in (node as ValueMap)?.Entries ?? [])
        {
            entries[entry.Key] = entry;
        }

        var keys = segment.IsAny
            ? entries.Keys.Concat((defaults as ValueMap)?.Entries.Select(entry => entry.Key) ?? []).Distinct().ToList()
            : [segment.Key];
        foreach (var key in keys)
        {
            var removed = Remove(entries.GetValueOrDefault(key)?.Value, (defaults as ValueMap)?.Find(key), rest, by);
            if (removed is null)
            {
                entries.Remove(key);
            }
            else
            {
                entries[key] = new ValueEntry(key, removed, entries.GetValueOrDefault(key)?.KeyOrigin ?? by);
            }
        }

        return node is null && entries.Count == 0 ? null : new ValueMap([.. entries.Values], node?.Origin ?? by);
    }

    // What is left at the path itself: null says that nothing is, a tree what Helm has to be told.
    private static ValueNode? Emptied(ValueNode? node, ValueNode? defaults, ValueOrigin by)
    {
        var nothing = new ValueScalar("null", true, null, by);
        return (node, defaults) switch
        {
            (ValueScalar { IsNull: true }, _) => node,
            (_, ValueMap map) when node is null or ValueMap => new ValueMap([.. map.Entries.Select(entry => new ValueEntry(entry.Key, nothing, by))], by),
            (ValueMap map, _) => new ValueMap([], map.Origin),
            (ValueList list, _) => new ValueList([], list.Origin),
            (_, ValueList) => new ValueList([], by),
            (_, ValueScalar { IsNull: false }) => nothing,
            _ => null,
        };
    }

    private static IEnumerable<ValueNode> At(ValueNode node, IReadOnlyList<ValuePath.Segment> path)
    {
        if (path.Count == 0)
        {
            return [node];
        }

        var (segment, rest) = (path[0], path.Skip(1).ToList());
        return node switch
        {
            ValueMap map when segment.IsAny => map.Entries.SelectMany(entry => At(entry.Value, rest)),
            ValueMap map => map.Find(segment.Key) is { } child ? At(child, rest) : [],
            ValueList list when segment.IsAny => list.Items.SelectMany(item => At(item, rest)),
            _ => [],
        };
    }

    private static IEnumerable<ValueScalar> Named(ValueNode node) => node switch
    {
        ValueScalar scalar => LooksLikeHost(scalar.Text) ? [scalar] : [],
        ValueMap map => map.Entries.SelectMany(entry => LooksLikeHost(entry.Key)
            ? [new ValueScalar(entry.Key, false, null, entry.KeyOrigin)]
            : HostKeys.Contains(entry.Key, StringComparer.OrdinalIgnoreCase) ? Named(entry.Value) : []),
        ValueList list => list.Items.SelectMany(Named),
        _ => [],
    };

    [GeneratedRegex(@"^(\*\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.[A-Za-z][A-Za-z0-9-]*$")]
    private static partial Regex HostName();
}
