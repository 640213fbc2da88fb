using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Tells clients what is served: plain, document by document, and aggregated, all groups in one.</summary>
internal sealed class DiscoveryDocuments(ClusterState state)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] Body, string Tag)> _aggregated = [];
    private int _number = -1;

    public async Task<bool> TryAnswerAsync(HttpContext http, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var snapshot = state.Catalog.Current;
        switch (parts)
        {
            case ["version"]:
                await Answers.WriteAsync(http, Version());
                return true;
            case ["openid", "v1", "jwks"]:
                await Answers.WriteAsync(http, state.Tokens.KeySet());
                return true;
            case [".well-known", "openid-configuration"]:
                await Answers.WriteAsync(http, OpenId());
                return true;
            case ["api"] or ["apis"] when Aggregated(http) is { } version:
                await AggregatedAsync(http, parts[0], version);
                return true;
            case ["api"]:
                await Answers.WriteAsync(http, new JsonObject
                {
                    ["kind"] = "APIVersions",
                    ["versions"] = new JsonArray("v1"),
                    ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = http.Request.Host.Value }),
                });
                return true;
            case ["apis"]:
                await Answers.WriteAsync(http, new JsonObject
                {
                    ["kind"] = "APIGroupList",
                    ["apiVersion"] = "v1",
                    ["groups"] = new JsonArray([.. snapshot.Groups.Where(group => group.Group.Length > 0).Select(group => Group(group.Group, group.Versions))]),
                });
                return true;
            case ["apis", var name] when snapshot.Groups.FirstOrDefault(group => group.Group == name) is { Versions: not null } group:
                var document = Group(group.Group, group.Versions);
                document["kind"] = "APIGroup";
                document["apiVersion"] = "v1";
                await Answers.WriteAsync(http, document);
                return true;
            case ["api", var version] when Plain(snapshot, "", version) is { } core:
                await Answers.WriteAsync(http, core);
                return true;
            case ["apis", var name, var version] when Plain(snapshot, name, version) is { } list:
                await Answers.WriteAsync(http, list);
                return true;
            case []:
                await Answers.WriteAsync(http, new JsonObject
                {
                    ["paths"] = new JsonArray([.. snapshot.Types.Select(type => type.Group.Length == 0 ? "/api/v1" : $"/apis/{type.ApiVersion}")
                        .Concat(["/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"])
                        .Distinct().Order(StringComparer.Ordinal).Select(item => (JsonNode)item)]),
                });
                return true;
            default:
                return false;
        }
    }

    private JsonObject Version()
    {
        var parts = state.Options.Version.TrimStart('v').Split('.');
        return new JsonObject
        {
            ["major"] = parts[0],
            ["minor"] = parts[1],
            ["gitVersion"] = state.Options.Version,
            ["gitCommit"] = "",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "2026-01-01T00:00:00Z",
            ["goVersion"] = "",
            ["compiler"] = "",
            ["platform"] = "linux/amd64",
        };
    }

    private JsonObject OpenId() => new()
    {
        ["issuer"] = state.Options.ServiceAccountIssuer,
        ["jwks_uri"] = state.Options.ServiceAccountIssuer.TrimEnd('/') + "/openid/v1/jwks",
        ["response_types_supported"] = new JsonArray("id_token"),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("ES256"),
    };

    private static string? Aggregated(HttpContext http)
    {
        foreach (var choice in http.Request.Headers.Accept.ToString().Split(','))
        {
            if (choice.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal))
            {
                return choice.Contains("v=v2beta1", StringComparison.Ordinal) ? "v2beta1" : "v2";
            }

            if (choice.Trim() is "application/json" or "*/*")
            {
                return null;
            }
        }

        return null;
    }

    private async Task AggregatedAsync(HttpContext http, string root, string version)
    {
        byte[] body;
        string tag;
        lock (_gate)
        {
            var snapshot = state.Catalog.Current;
            if (_number != snapshot.Number)
            {
                _aggregated.Clear();
                _number = snapshot.Number;
            }

            if (!_aggregated.TryGetValue(root + version, out var known))
            {
                var document = new JsonObject
                {
                    ["kind"] = "APIGroupDiscoveryList",
                    ["apiVersion"] = "apidiscovery.k8s.io/" + version,
                    ["metadata"] = new JsonObject(),
                    ["items"] = new JsonArray([.. snapshot.Groups.Where(group => group.Group.Length == 0 == (root == "api"))
                        .Select(group => AggregatedGroup(snapshot, group.Group, group.Versions))]),
                };
                var bytes = Json.Bytes(document);
                _aggregated[root + version] = known = (bytes, $"\"{Convert.ToHexString(SHA512.HashData(bytes))}\"");
            }

            (body, tag) = known;
        }

        http.Response.Headers.ETag = tag;
        http.Response.Headers.Vary = "Accept";
        http.Response.Headers.CacheControl = "public";
        if (http.Request.Headers.IfNoneMatch.ToString() == tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await Answers.WriteAsync(http, body, 200, $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");
    }

    private static JsonObject AggregatedGroup(ResourceCatalog.Snapshot snapshot, string group, IReadOnlyList<string> versions) => new()
    {
        ["metadata"] = group.Length == 0 ? new JsonObject { ["creationTimestamp"] = null } : new JsonObject { ["name"] = group, ["creationTimestamp"] = null },
        ["versions"] = new JsonArray([.. versions.Select(version => (JsonNode)new JsonObject
        {
            ["version"] = version,
            ["resources"] = new JsonArray([.. snapshot.Types.Where(type => type.Group == group && type.Version == version).OrderBy(type => type.Plural, StringComparer.Ordinal)
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

    private static IEnumerable<(string Name, string Kind, string Verb, string Group, string Version)> Subresources(ResourceType type)
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

    private static JsonObject GroupVersion(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private static JsonObject Kind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
