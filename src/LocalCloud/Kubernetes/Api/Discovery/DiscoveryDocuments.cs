using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Tells clients what is served: plain, document by document, and aggregated, all groups in one.</summary>
internal sealed partial class DiscoveryDocuments(ClusterState state)
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
                    ["serverAddressByClientCIDRs"] =
                        new JsonArray(new JsonObject
                        {
                            ["clientCIDR"] = "0.0.0.0/0",
                            ["serverAddress"] = http.Request.Host.Value
                        }),
                });
                return true;
            case ["apis"]:
                await Answers.WriteAsync(http, new JsonObject
                {
                    ["kind"] = "APIGroupList",
                    ["apiVersion"] = "v1",
                    ["groups"] = new JsonArray([.. snapshot.Groups.Where(group =>
                        group.Group.Length > 0).Select(group => Group(group.Group, group.Versions))]),
                });
                return true;
            case ["apis", var name] when snapshot.Groups.FirstOrDefault(group =>
                group.Group == name) is { Versions: not null } group:
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
                    ["paths"] = new JsonArray([.. snapshot.Types.Select(type => type.Group.Length == 0 ? "/api/v1"
                        : $"/apis/{type.ApiVersion}")
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
                    ["items"] = new JsonArray([.. snapshot.Groups.Where(group =>
                        group.Group.Length == 0 == (root == "api"))
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

        await Answers.WriteAsync(http, body, 200,
            $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");
    }
}
