using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What structured merging needs of a tree and its schema: its fields, the difference of two trees, their merge, and removal.</summary>
internal static class TypedValues
{
    /// <summary>All fields that a tree states.</summary>
    /// <param name="schema">Its shape.</param>
    /// <param name="value">The tree.</param>
    /// <param name="added">It has come as a whole: then a map counts itself besides its entries.</param>
    public static FieldSet Fields(Schema schema, JsonNode? value, bool added = false)
    {
        switch (value)
        {
            case JsonObject map when !IsLeaf(schema, map):
                return FieldSet.Of(added && schema.Kind == SchemaKind.Map, map.Select(pair =>
                {
                    var child = Fields(schema.Member(pair.Key) ?? Schema.Anything, pair.Value, added);

                    // A struct's members are known by its type; a free name has to be owned itself, or nobody could remove it.
                    var named = schema.Properties.ContainsKey(pair.Key);
                    return KeyValuePair.Create(FieldPath.Member(pair.Key), named ? child
                        : FieldSet.Of(true, child.Children));
                }));
            case JsonArray list when IsKeyed(schema):
                return FieldSet.Of(list.Count == 0, ByStep(schema, list).Select(pair => KeyValuePair.Create(
                    pair.Key, schema.IsSet ? FieldSet.Leaf
                        : FieldSet.Of(true, Fields(schema.Element!, pair.Value, added).Children))));
            default:
                return FieldSet.Leaf;
        }
    }

    /// <summary>The fields that were added, changed and removed on the way from one tree to another.</summary>
    public static (FieldSet Changed, FieldSet Removed) Compare(Schema schema, JsonNode? from, JsonNode? to)
    {
        if (from is JsonObject a && to is JsonObject b && !(IsLeaf(schema, a) && IsLeaf(schema, b)) && !schema.Atomic)
        {
            return Steps(a.Select(pair => pair.Key).Union(b.Select(pair => pair.Key)), name =>
                (FieldPath.Member(name),
                    CompareChild(schema.Member(name)
                    ?? Schema.Anything, Has(a, name), Has(b, name), !schema.Properties.ContainsKey(name))));
        }

        if (from is JsonArray x && to is JsonArray y && IsKeyed(schema))
        {
            var (left, right) = (ByStep(schema, x), ByStep(schema, y));
            return Steps(left.Keys.Union(right.Keys), step => (step, CompareChild(
                schema.Element!, left.TryGetValue(step, out var l) ? (true, l)
                    : (false, null), right.TryGetValue(step, out var r) ? (true, r) : (false, null), true)));
        }

        return Json.Same(from, to) ? (FieldSet.Empty, FieldSet.Empty) : (FieldSet.Leaf, FieldSet.Empty);
    }

    /// <summary>The live tree with what the applied one states.</summary>
    public static JsonNode? Merge(Schema schema, JsonNode? live, JsonNode? applied)
    {
        if (live is JsonObject a && applied is JsonObject b && !schema.Atomic)
        {
            var result = a.Copy();
            foreach (var (name, value) in b)
            {
                result[name] = Merge(schema.Member(name) ?? Schema.Anything, a[name], value);
            }

            return result;
        }

        if (live is JsonArray x && applied is JsonArray y && IsKeyed(schema))
        {
            return MergeLists(schema, x, y);
        }

        return applied?.DeepClone();
    }

    /// <summary>Takes fields out of a tree, and what becomes empty by it where nobody else owns it.</summary>
    public static JsonNode? Remove(Schema schema, JsonNode? value, FieldSet gone)
    {
        switch (value)
        {
            case JsonObject map when !schema.Atomic:
                var result = new JsonObject();
                foreach (var (name, child) in map)
                {
                    var set = gone.At(FieldPath.Member(name));
                    if (set.IsMember)
                    {
                        continue;
                    }

                    var kept = set.IsEmpty ? child?.DeepClone()
                        : Remove(schema.Member(name) ?? Schema.Anything, child, set);
                    if (kept is not null || child is null)
                    {
                        result[name] = kept;
                    }
                }

                return result.Count == 0 && map.Count > 0 ? null : result;
            case JsonArray list when IsKeyed(schema):
                var items = new JsonArray();
                foreach (var item in list)
                {
                    var set = gone.At(schema.IsSet ? FieldPath.Value(item) : FieldPath.Item(schema, item));
                    if (!set.IsMember)
                    {
                        items.Add(set.IsEmpty ? item?.DeepClone() : Remove(schema.Element!, item, set));
                    }
                }

                return items.Count == 0 && list.Count > 0 ? null : items;
            default:
                return value?.DeepClone();
        }
    }

    public static bool IsKeyed(Schema schema) => schema.Kind == SchemaKind.List
        && (schema.IsSet || schema.MapKeys.Count > 0);

    private static bool IsLeaf(Schema schema, JsonObject map) => schema.Atomic || map.Count == 0;

    private static Dictionary<string, JsonNode?> ByStep(Schema schema, JsonArray list)
    {
        var items = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var item in list)
        {
            items.TryAdd(schema.IsSet ? FieldPath.Value(item) : FieldPath.Item(schema, item), item);
        }

        return items;
    }

    private static (bool There, JsonNode? Value) Has(JsonObject map, string name) =>
        (map.TryGetPropertyValue(name, out var value), value);

    private static (FieldSet Changed, FieldSet Removed) CompareChild(Schema schema, (bool There, JsonNode? Value) from,
        (bool There, JsonNode? Value) to, bool free)
    {
        if (from.There && to.There)
        {
            return Compare(schema, from.Value, to.Value);
        }

        // What comes or goes as a whole is named itself and with all that it holds.
        var all = Fields(schema, from.There ? from.Value : to.Value, added: true);
        var whole = FieldSet.Of(all.IsMember || free || schema.Kind == SchemaKind.Map || !to.There, all.Children);
        return to.There ? (whole, FieldSet.Empty) : (FieldSet.Empty, whole);
    }

    private static (FieldSet Changed, FieldSet Removed) Steps(IEnumerable<string> names, Func<string,
        (string Step, (FieldSet Changed, FieldSet Removed) Sets)> compare)
    {
        var all = names.Select(compare).ToList();
        return (FieldSet.Of(false, all.Select(one => KeyValuePair.Create(one.Step, one.Sets.Changed))),
            FieldSet.Of(false, all.Select(one => KeyValuePair.Create(one.Step, one.Sets.Removed))));
    }

    // Both orders are kept as far as they go together: what only the live list has stays in its place, else the applied order counts.
    private static JsonArray MergeLists(Schema schema, JsonArray live, JsonArray applied)
    {
        var (have, wanted) = (ByStep(schema, live), ByStep(schema, applied));
        var waiting = new Queue<string>(wanted.Keys);
        var placed = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<JsonNode?>();
        foreach (var (step, item) in have)
        {
            if (!wanted.ContainsKey(step))
            {
                result.Add(item?.DeepClone());
                continue;
            }

            while (!placed.Contains(step))
            {
                Take(waiting.Dequeue());
            }
        }

        while (waiting.TryDequeue(out var next))
        {
            Take(next);
        }

        return new JsonArray([.. result]);

        void Take(string step)
        {
            placed.Add(step);
            result.Add(have.TryGetValue(step, out var old) ? Merge(schema.Element!, old, wanted[step])
                : wanted[step]?.DeepClone());
        }
    }
}
