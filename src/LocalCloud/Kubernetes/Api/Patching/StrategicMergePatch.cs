using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Kubernetes' own patch for built-in types: lists merge by the key of their items, directives begin with a dollar sign.</summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFrom = "$deleteFromPrimitiveList/";
    private const string Order = "$setElementOrder/";

    public static JsonObject Apply(Schema schema, JsonObject target, JsonObject patch)
    {
        switch (patch.Text(Directive))
        {
            case "replace":
                var replacement = patch.Copy();
                replacement.Remove(Directive);
                return replacement;
            case "delete":
                return [];
            case null or "merge":
                break;
            case var other:
                throw ApiErrors.BadRequest($"Unknown patch type found: {other}");
        }

        var result = target.Copy();
        Retain(result, patch);
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeleteFrom, StringComparison.Ordinal))
            {
                DeleteScalars(result, name[DeleteFrom.Length..], value as JsonArray ?? []);
            }
            else if (name is not (Directive or RetainKeys) && !name.StartsWith(Order, StringComparison.Ordinal))
            {
                Merge(result, name, value, schema.Member(name) ?? Schema.Anything, patch[Order + name] as JsonArray);
            }
        }

        // An order may come without the list itself: the items stay, their places change.
        foreach (var (name, value) in patch.Where(pair => pair.Key.StartsWith(Order, StringComparison.Ordinal)))
        {
            var list = name[Order.Length..];
            if (result[list] is JsonArray items && value is JsonArray order)
            {
                result[list] = Arrange(schema.Member(list) ?? Schema.Anything, items, order, target[list] as JsonArray
                    ?? []);
            }
        }

        return result;
    }

    private static void Retain(JsonObject result, JsonObject patch)
    {
        if (patch[RetainKeys] is not JsonArray)
        {
            return;
        }

        var retained = patch.Texts(RetainKeys).ToHashSet();
        foreach (var name in result.Select(pair => pair.Key).Where(name => !retained.Contains(name)).ToList())
        {
            result.Remove(name);
        }
    }

    private static void DeleteScalars(JsonObject result, string name, JsonArray values)
    {
        if (result[name] is JsonArray list)
        {
            var kept = list.Where(item => !values.Any(value => Json.Same(item, value))).Select(item =>
                item?.DeepClone());
            result[name] = new JsonArray([.. kept]);
        }
    }

    private static void Merge(JsonObject result, string name, JsonNode? value, Schema schema, JsonArray? order)
    {
        var replaces = schema.PatchStrategy?.Split(',').Contains("replace") ?? false;
        switch (value)
        {
            case null:
                result.Remove(name);
                break;
            case JsonObject patch when !replaces:
                result[name] = Apply(schema, result[name] as JsonObject ?? [], patch);
                break;
            case JsonArray patch when Merges(schema):
                result[name] = MergeList(schema, result[name] as JsonArray ?? [], patch);
                break;
            case JsonArray patch:
                result[name] = new JsonArray([.. patch.Select(item => Plain(schema, item))]);
                break;
            default:
                result[name] = value.DeepClone();
                break;
        }
    }

    private static bool Merges(Schema schema) => schema.PatchStrategy?.Split(',').Contains("merge") ?? false;

    private static JsonNode? Plain(Schema list, JsonNode? item) =>
        item is JsonObject map ? Apply(list.Element ?? Schema.Anything, [], map) : item?.DeepClone();

    private static JsonArray MergeList(Schema schema, JsonArray target, JsonArray patch)
    {
        if (schema.PatchMergeKey is not { } key)
        {
            var union = target.Select(item => item?.DeepClone()).ToList();
            union.AddRange(patch.Where(item => !target.Any(have => Json.Same(have, item))).Select(item =>
                item?.DeepClone()));
            return new JsonArray([.. union]);
        }

        if (patch.OfType<JsonObject>().Any(item => item.Text(Directive) == "replace"))
        {
            return new JsonArray([.. patch.Where(item => item.Text(Directive) != "replace").Select(item =>
                item?.DeepClone())]);
        }

        var items = target.Select(item => item?.DeepClone()).ToList();
        foreach (var change in patch.OfType<JsonObject>())
        {
            if (change[key] is not { } id)
            {
                throw ApiErrors.BadRequest($"map: {Json.Compact(change)} does not contain declared merge key: {key}");
            }

            if (change.Text(Directive) == "delete")
            {
                items.RemoveAll(item => Json.Same(item.At(key), id));
                continue;
            }

            var index = items.FindIndex(item => Json.Same(item.At(key), id));
            if (index < 0)
            {
                items.Add(Plain(schema, change));
            }
            else
            {
                items[index] = Apply(schema.Element ?? Schema.Anything, (JsonObject)items[index]!, change);
            }
        }

        return new JsonArray([.. items]);
    }

    /// <summary>Items that the order names come in its sequence; those that only the server has keep their place among them.</summary>
    private static JsonArray Arrange(Schema schema, JsonArray items, JsonArray order, JsonArray before)
    {
        JsonNode? Id(JsonNode? item) => schema.PatchMergeKey is { } key && item is JsonObject ? item.At(key) : item;
        int Place(JsonArray list, JsonNode? id) => list.ToList().FindIndex(item => Json.Same(Id(item), id));

        var named = items.Where(item => Place(order, Id(item)) >= 0).OrderBy(item => Place(order, Id(item))).ToList();
        var others = new Queue<JsonNode?>(items.Where(item => Place(order, Id(item)) < 0));
        var arranged = new List<JsonNode?>();
        foreach (var item in named)
        {
            var place = Place(before, Id(item));
            while (place >= 0 && others.TryPeek(out var other) && Place(before, Id(other)) is var otherPlace
                && otherPlace >= 0 && otherPlace < place)
            {
                arranged.Add(others.Dequeue());
            }

            arranged.Add(item);
        }

        arranged.AddRange(others);
        return new JsonArray([.. arranged.Select(item => item?.DeepClone())]);
    }
}
