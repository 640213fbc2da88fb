using Mayfly.LocalCloud.Aws;
using Mayfly.LocalCloud.Aws.Faults;
using Mayfly.LocalCloud.Kubernetes.Api;

namespace Mayfly.LocalCloud.Host.Clusters;

/// <summary>Faults of a cluster's API, by the same rules as AWS's: the service is <c>kubernetes</c>, the action method and path.</summary>
internal static class KubernetesFaults
{
    public static ApiFault? Take(FaultBook faults, string cluster, ApiRequestInfo request)
    {
        var call = new AwsCall
        {
            Service = "kubernetes",
            Action = $"{request.Method} {request.Path}",
            Protocol = AwsProtocol.RestJson,
            Method = request.Method,
            Path = request.Path,
            Region = cluster,
            UserAgent = request.UserAgent,
        };
        return faults.Take(call) is not { } rule ? null : rule.Kind switch
        {
            FaultKind.Throttle => new ApiFault(Status: rule.Status ?? 429, Message: rule.Message ?? "Too many requests, please try again later."),
            FaultKind.Deny => new ApiFault(Status: rule.Status ?? 403, Message: rule.Message ?? Forbidden(request)),
            FaultKind.ServerError => new ApiFault(Status: rule.Status ?? 500, Message: rule.Message ?? ServerError(rule.Status ?? 500)),
            FaultKind.Error => new ApiFault(Status: rule.Status ?? 400, Message: rule.Message ?? "an injected fault"),
            FaultKind.Latency => new ApiFault(rule.Latency),
            _ => new ApiFault(Reset: true),
        };
    }

    private static string ServerError(int status) => status switch
    {
        503 => "the server is currently unable to handle the request",
        504 => "the server was unable to return a response in the time allotted, but may still be processing the request",
        _ => "Internal error occurred: an injected fault",
    };

    // What the authorizer says of a request: who, the verb, the kind, where.
    private static string Forbidden(ApiRequestInfo request)
    {
        var parts = request.Path.Trim('/').Split('/');
        var start = parts[0] == "api" ? 2 : parts[0] == "apis" ? 3 : int.MaxValue;
        if (parts.Length <= start)
        {
            return $"forbidden: User \"kubernetes-admin\" cannot {request.Method.ToLowerInvariant()} path \"{request.Path}\"";
        }

        var rest = parts[start..];
        var space = rest.Length > 2 && rest[0] == "namespaces" ? rest[1] : null;
        var kind = space is null ? rest : rest[2..];
        var verb = request.Method switch
        {
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => kind.Length > 1 ? "delete" : "deletecollection",
            _ => kind.Length > 1 ? "get" : request.Query.Contains("watch=true", StringComparison.Ordinal) ? "watch" : "list",
        };
        var group = parts[0] == "apis" ? parts[1] : "";
        var what = kind[0] + (group.Length > 0 ? $".{group}" : "") + (kind.Length > 1 ? $" \"{kind[1]}\"" : "");
        var where = space is null ? "at the cluster scope" : $"in the namespace \"{space}\"";
        return $"{what} is forbidden: User \"kubernetes-admin\" cannot {verb} resource \"{kind[0]}\" in API group \"{group}\" {where}";
    }
}
