using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <content>The documents' parts: groups, versions, resources.</content>
internal sealed partial class DiscoveryDocuments
{
    private static JsonObject AggregatedGroup(ResourceCatalog.Snapshot snapshot, string group,
        IReadOnlyList<string> versions) => new()
        {
            ["metadata"] = group.Length == 0 ? new JsonObject { ["creationTimestamp"] = null }
            : new JsonObject { ["name"] = group, ["creationTimestamp"] = null },
            ["versions"] = new JsonArray([.. versions.Select(version => (JsonNode)new JsonObject
        {
            ["version"] = version,
            ["resources"] = new JsonArray([.. snapshot.Types.Where(type => type.Group == group
                && type.Version == version).OrderBy(type => type.Plural, StringComparer.Ordinal)
                .Select(AggregatedResource)]),
            ["freshness"] = "Current",
        })]),
        };

    private static JsonObject AggregatedResource(ResourceType type)
    {
        var resource = new JsonObject
        {
            ["resource"] = type.Plural,
            ["responseKind"] = Kind(type.Group, type.Version, type.Kind),
            ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = type.Singular,
            ["verbs"] = Texts(type.Verbs),
        };
        if (type.ShortNames.Count > 0)
        {
            resource["shortNames"] = Texts(type.ShortNames);
        }

        if (type.Categories.Count > 0)
        {
            resource["categories"] = Texts(type.Categories);
        }

        var subresources = Subresources(type).Select(sub => (JsonNode)new JsonObject
        {
            ["subresource"] = sub.Name,
            ["responseKind"] = Kind(sub.Group, sub.Version, sub.Kind),
            ["verbs"] = Texts(sub.Verb.Split(',')),
        }).ToArray();
        if (subresources.Length > 0)
        {
            resource["subresources"] = new JsonArray(subresources);
        }

        return resource;
    }

    private static IEnumerable<(string Name, string Kind, string Verb, string Group,
        string Version)> Subresources(ResourceType type)
    {
        if (type.HasStatus)
        {
            yield return ("status", type.Kind, "get,patch,update", type.Group, type.Version);
        }

        if (type.Scale is not null)
        {
            yield return ("scale", "Scale", "get,patch,update", "autoscaling", "v1");
        }

        foreach (var subresource in type.Subresources)
        {
            yield return subresource;
        }
    }

    private static JsonObject? Plain(ResourceCatalog.Snapshot snapshot, string group, string version)
    {
        var resources = new JsonArray();
        foreach (var type in snapshot.Types.Where(type => type.Group == group && type.Version == version))
        {
            var resource = new JsonObject
            {
                ["name"] = type.Plural,
                ["singularName"] = type.Singular,
                ["namespaced"] = type.Namespaced,
                ["kind"] = type.Kind,
                ["verbs"] = Texts(type.Verbs),
            };
            if (type.ShortNames.Count > 0)
            {
                resource["shortNames"] = Texts(type.ShortNames);
            }

            if (type.Categories.Count > 0)
            {
                resource["categories"] = Texts(type.Categories);
            }

            resources.Add(resource);
            foreach (var sub in Subresources(type))
            {
                var entry = new JsonObject
                {
                    ["name"] = $"{type.Plural}/{sub.Name}",
                    ["singularName"] = "",
                    ["namespaced"] = type.Namespaced,
                    ["kind"] = sub.Kind,
                    ["verbs"] = Texts(sub.Verb.Split(',')),
                };
                if (sub.Group != type.Group || sub.Version != type.Version)
                {
                    entry["group"] = sub.Group;
                    entry["version"] = sub.Version;
                }

                resources.Add(entry);
            }
        }

        return resources.Count == 0 ? null : new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = resources,
        };
    }

    private static JsonObject Group(string name, IReadOnlyList<string> versions) => new()
    {
        ["name"] = name,
        ["versions"] = new JsonArray([.. versions.Select(version => (JsonNode)GroupVersion(name, version))]),
        ["preferredVersion"] = GroupVersion(name, versions[0]),
    };

    private static JsonObject GroupVersion(string group, string version) =>
        new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private static JsonObject Kind(string group, string version, string kind) =>
        new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
