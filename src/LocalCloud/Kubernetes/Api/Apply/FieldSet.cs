using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>A set of fields as a tree, what <c>managedFields</c> writes as <c>fieldsV1</c>. Not changed once it is built.</summary>
internal sealed class FieldSet
{
    public static readonly FieldSet Empty = new();

    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);

    /// <summary>Whether the field that this node stands for is itself in the set.</summary>
    public bool IsMember { get; private set; }

    public IReadOnlyDictionary<string, FieldSet> Children => _children;

    public bool IsEmpty => !IsMember && _children.Count == 0;

    public static FieldSet Leaf { get; } = new() { IsMember = true };

    public static FieldSet Read(JsonNode? fields)
    {
        var set = new FieldSet();
        if (fields is not JsonObject map || map.Count == 0)
        {
            set.IsMember = fields is JsonObject;
            return set;
        }

        foreach (var (step, child) in map)
        {
            if (step == ".")
            {
                set.IsMember = true;
            }
            else
            {
                set._children[step] = Read(child);
            }
        }

        return set;
    }

    public JsonObject Write()
    {
        var map = new JsonObject();
        if (IsMember && _children.Count > 0)
        {
            map["."] = new JsonObject();
        }

        foreach (var (step, child) in _children)
        {
            map[step] = child.Write();
        }

        return map;
    }

    /// <summary>A node from its parts; children that are empty are left out.</summary>
    public static FieldSet Of(bool member, IEnumerable<KeyValuePair<string, FieldSet>> children)
    {
        var set = new FieldSet { IsMember = member };
        foreach (var (step, child) in children)
        {
            if (!child.IsEmpty)
            {
                set._children[step] = child;
            }
        }

        return set;
    }

    public FieldSet Union(FieldSet other)
    {
        var steps = _children.Keys.Union(other._children.Keys);
        return Of(IsMember || other.IsMember,
            steps.Select(step => KeyValuePair.Create(step, At(step).Union(other.At(step)))));
    }

    public FieldSet Intersect(FieldSet other) => Of(
        IsMember && other.IsMember,
        _children.Keys.Where(other._children.ContainsKey).Select(step =>
            KeyValuePair.Create(step, At(step).Intersect(other.At(step)))));

    public FieldSet Except(FieldSet other) => Of(
        IsMember && !other.IsMember,
            _children.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Except(other.At(pair.Key)))));

    /// <summary>Without the fields of <paramref name="other"/> and all that lies below them.</summary>
    public FieldSet ExceptBelow(FieldSet other) => other.IsMember ? Empty : Of(
        IsMember, _children.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ExceptBelow(other.At(pair.Key)))));

    public FieldSet At(string step) => _children.GetValueOrDefault(step) ?? Empty;

    public bool Same(FieldSet other) =>
        IsMember == other.IsMember && _children.Count == other._children.Count
            && _children.All(pair => other._children.TryGetValue(pair.Key, out var child) && pair.Value.Same(child));

    /// <summary>The paths of all members, as error texts write them.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (IsMember)
        {
            yield return prefix;
        }

        foreach (var (step, child) in _children)
        {
            foreach (var path in child.Paths(prefix + FieldPath.Show(step)))
            {
                yield return path;
            }
        }
    }
}
