using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Server-side apply, and the bookkeeping of owners that every other write does.</summary>
internal static class FieldOwnership
{
    private const int LongestManager = 128;

    /// <summary>
    /// Merges an applied configuration into the live object: what the manager once applied and no longer states goes, what others own
    /// with another value is a conflict, or changes hands by force.
    /// </summary>
    public static JsonObject Apply(ResourceType type, JsonObject live, JsonObject applied, ManagerEntry manager,
        bool force)
    {
        var schema = type.Schema;
        var entries = ManagedFields.Read(live);
        var mine = entries.Find(manager.IsSameManager)
            ?? entries.Find(entry => entry.Manager == manager.Manager && entry.Operation == "Apply"
            && entry.Subresource == manager.Subresource);
        var stated = ManagedFields.Owned(TypedValues.Fields(schema, applied));

        var merged = (JsonObject)TypedValues.Merge(schema, live, applied)!;
        if (mine is not null)
        {
            // Only what no one else holds goes with the manager that no longer states it.
            var others = entries.Where(entry => entry != mine).Aggregate(stated, (all, entry) =>
                all.Union(entry.Fields));
            var gone = Abandoned(mine.Fields, others);
            merged = TypedValues.Remove(schema, merged, gone) as JsonObject ?? merged;
        }

        var (changed, removed) = TypedValues.Compare(schema, live, merged);
        var conflicts = entries.Where(entry => entry != mine)
            .Select(entry => (Entry: entry,
                Fields: entry.Fields.Intersect(ManagedFields.Owned(changed).Intersect(stated)))).Where(pair =>
                !pair.Fields.IsEmpty).ToList();
        if (conflicts.Count > 0 && !force)
        {
            throw Conflict(conflicts);
        }

        var kept = entries.Where(entry => entry != mine).Select(entry =>
        {
            var lost = conflicts.Find(pair => pair.Entry == entry).Fields ?? FieldSet.Empty;
            return entry with { Fields = entry.Fields.Except(lost).Except(removed) };
        }).ToList();
        var same = mine is not null && mine.Fields.Same(stated) && mine.ApiVersion == manager.ApiVersion;
        kept.Add(manager with { Fields = stated, Time = same ? mine!.Time : manager.Time });
        ManagedFields.Write(merged, kept);
        return merged;
    }

    /// <summary>Gives what an update changed to its manager and takes it from the others.</summary>
    public static void Update(ResourceType type, JsonObject? before, JsonObject after, ManagerEntry manager)
    {
        // An empty list is a client's way to start the bookkeeping anew.
        var reset = after.At("metadata", "managedFields") is JsonArray { Count: 0 }
            || after.At("metadata", "managedFields") is JsonArray { Count: 1 } one && one[0] is JsonObject { Count: 0 };
        // What a client writes as the owners is the base: so an owner can be taken off, or put back.
        var given = ManagedFields.Read(after);
        var entries = before is null || reset ? [] : given.Count > 0 ? given : ManagedFields.Read(before);
        var (changed, removed) = TypedValues.Compare(type.Schema, before ?? Skeleton(after), after);
        changed = ManagedFields.Owned(changed);
        if (manager.Subresource.Length == 0 && type.HasStatus)
        {
            changed = FieldSet.Of(false, changed.Children.Where(pair => pair.Key != "f:status"));
        }

        var result = entries.Select(entry => entry.IsSameManager(manager)
            ? entry with { Fields = entry.Fields.Except(removed) }
            : entry with { Fields = entry.Fields.Except(changed).Except(removed) }).ToList();
        if (!changed.IsEmpty && !reset)
        {
            var mine = result.FindIndex(manager.IsSameManager);
            if (mine >= 0)
            {
                var all = result[mine].Fields.Union(changed);
                result[mine] = manager with { Fields = all, Time = manager.Time };
            }
            else
            {
                result.Add(manager with { Fields = changed });
            }
        }

        ManagedFields.Write(after, result);
    }

    /// <summary>The manager's name when a client gives none: the first part of its user agent.</summary>
    public static string ManagerName(string? given, string userAgent)
    {
        var name = string.IsNullOrEmpty(given) ? userAgent.Split('/')[0] : given;
        return name.Length > LongestManager ? name[..LongestManager] : name.Length == 0 ? "unknown" : name;
    }

    // A new object of Go has its structs already; only what is in them counts as added.
    private static JsonObject Skeleton(JsonObject after) =>
        new(after.Where(pair => pair.Value is JsonObject && pair.Key is "metadata" or "spec" or "status")
        .Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, new JsonObject())));

    private static FieldSet Abandoned(FieldSet mine, FieldSet others) => FieldSet.Of(
        mine.IsMember && others.IsEmpty,
            mine.Children.Select(pair => KeyValuePair.Create(pair.Key, Abandoned(pair.Value, others.At(pair.Key)))));

    private static ApiException Conflict(List<(ManagerEntry Entry, FieldSet Fields)> conflicts)
    {
        var all = conflicts.SelectMany(pair =>
            pair.Fields.Paths().Select(path => (Manager: pair.Entry.Shown, Path: path))).ToList();
        var text = all.Count == 1
            ? $"Apply failed with 1 conflict: conflict with {all[0].Manager}: {all[0].Path}"
            : $"Apply failed with {all.Count} conflicts: " + string.Join("\n",
                all.GroupBy(one => one.Manager).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => $"conflicts with {group.Key}:\n" + string.Join("\n",
                    group.Select(one => $"- {one.Path}"))));
        var causes = all.Select(one => (JsonNode)new JsonObject
        {
            ["reason"] = "FieldManagerConflict",
            ["message"] = $"conflict with {one.Manager}",
            ["field"] = one.Path,
        });
        return new ApiException(ApiErrors.Status(409, "Conflict", text,
            new JsonObject { ["causes"] = new JsonArray([.. causes]) }));
    }
}
