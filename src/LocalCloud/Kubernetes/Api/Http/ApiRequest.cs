using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>A request for a resource, taken apart.</summary>
internal sealed record ApiRequest(
    HttpContext Http, UserInfo User, string Verb, string Group, string Version, string Plural, string Namespace,
        string Name, string Subresource)
{
    /// <summary>The part of the path after the subresource.</summary>
    public string Rest { get; init; } = "";

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public bool Asks(string name) => Query(name) is "true" or "1" or "";

    /// <summary>Takes a path of a resource apart; null when it is none.</summary>
    public static ApiRequest? Parse(HttpContext http, UserInfo user)
    {
        var parts = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        int start;
        string group, version;
        if (parts.Length >= 3 && parts[0] == "api")
        {
            (group, version, start) = ("", parts[1], 2);
        }
        else if (parts.Length >= 4 && parts[0] == "apis")
        {
            (group, version, start) = (parts[1], parts[2], 3);
        }
        else
        {
            return null;
        }

        var rest = parts[start..];
        var ns = "";
        if (rest is ["namespaces", var inside, _, ..]
            && !(group.Length == 0 && rest.Length == 3 && rest[2] is "finalize" or "status"))
        {
            (ns, rest) = (inside, rest[2..]);
        }

        var name = rest.ElementAtOrDefault(1) ?? "";
        var request = new ApiRequest(http, user, "", group, version, rest[0], ns, name, rest.ElementAtOrDefault(2)
            ?? "")
        {
            Rest = string.Join('/', rest.Skip(3)),
        };
        if (group.Length == 0 && rest[0] == "namespaces" && ns.Length == 0)
        {
            // A namespace lies in itself, which is what a Role inside it may speak of.
            request = request with { Namespace = name };
        }

        return request with { Verb = request.VerbOf() };
    }

    private string VerbOf() => Http.Request.Method switch
    {
        "GET" or "HEAD" => Asks("watch") && Query("watch") is not null ? "watch" : Name.Length == 0 ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => Name.Length == 0 ? "deletecollection" : "delete",
        var other => other.ToLowerInvariant(),
    };
}
