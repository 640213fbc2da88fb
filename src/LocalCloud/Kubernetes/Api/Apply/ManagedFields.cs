using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>One manager and the fields it owns.</summary>
internal sealed record ManagerEntry(string Manager, string Operation, string ApiVersion, string Subresource,
    string Time, FieldSet Fields)
{
    public bool IsSameManager(ManagerEntry other) =>
        Manager == other.Manager && Operation == other.Operation && ApiVersion == other.ApiVersion
            && Subresource == other.Subresource;

    /// <summary>How a conflict names it.</summary>
    public string Shown
    {
        get
        {
            var shown = Json.Compact(JsonValue.Create(Manager)) + (Subresource.Length > 0
                ? $" with subresource \"{Subresource}\"" : "");
            return Operation == "Update" ? $"{shown} using {ApiVersion}" : shown;
        }
    }
}

/// <summary>Reads and writes <c>metadata.managedFields</c>.</summary>
internal static class ManagedFields
{
    public static List<ManagerEntry> Read(JsonObject? value) =>
    [
        .. value.Items("metadata", "managedFields").Select(entry => new ManagerEntry(
            entry.Text("manager") ?? "", entry.Text("operation") ?? "Update", entry.Text("apiVersion")
                ?? "", entry.Text("subresource") ?? "",
            entry.Text("time") ?? "", FieldSet.Read(entry["fieldsV1"]))),
    ];

    public static void Write(JsonObject value, IEnumerable<ManagerEntry> entries)
    {
        var list = new JsonArray();
        foreach (var entry in entries.Where(entry => !entry.Fields.IsEmpty)
            .OrderBy(entry => entry.Operation, StringComparer.Ordinal).ThenBy(entry =>
                entry.Time, StringComparer.Ordinal).ThenBy(entry => entry.Manager, StringComparer.Ordinal))
        {
            var item = new JsonObject
            {
                ["manager"] = entry.Manager,
                ["operation"] = entry.Operation,
                ["apiVersion"] = entry.ApiVersion,
                ["time"] = entry.Time,
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = entry.Fields.Write(),
            };
            if (entry.Subresource.Length > 0)
            {
                item["subresource"] = entry.Subresource;
            }

            list.Add(item);
        }

        var metadata = value.Child("metadata");
        if (list.Count == 0)
        {
            metadata.Remove("managedFields");
        }
        else
        {
            metadata["managedFields"] = list;
        }
    }

    /// <summary>Fields that nobody owns: the server's own.</summary>
    public static readonly FieldSet Ignored = FieldSet.Read(JsonNode.Parse(
        """
        {"f:apiVersion":{},"f:kind":{},"f:metadata":{".":{},"f:name":{},"f:namespace":{},"f:creationTimestamp":{},"f:selfLink":{},"f:uid":{},
         "f:generation":{},"f:managedFields":{},"f:resourceVersion":{},"f:deletionTimestamp":{},"f:deletionGracePeriodSeconds":{}}}
        """));

    /// <summary>Leaves out the server's own fields; the node of metadata itself is one of them, its other members are not.</summary>
    public static FieldSet Owned(FieldSet fields)
    {
        var metadata = fields.At("f:metadata");
        var ignored = Ignored.At("f:metadata");
        return FieldSet.Of(false,
            fields.Children.Where(pair => pair.Key is not ("f:apiVersion" or "f:kind" or "f:metadata"))
            .Append(KeyValuePair.Create("f:metadata",
                FieldSet.Of(false, metadata.Children.Where(pair => !ignored.Children.ContainsKey(pair.Key))))));
    }
}
