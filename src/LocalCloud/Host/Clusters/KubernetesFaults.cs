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
            FaultKind.Deny => new ApiFault(Status: rule.Status ?? 403, Message: rule.Message ?? "forbidden by an injected fault"),
            FaultKind.ServerError => new ApiFault(Status: rule.Status ?? 500, Message: rule.Message ?? "an injected fault"),
            FaultKind.Error => new ApiFault(Status: rule.Status ?? 400, Message: rule.Message ?? "an injected fault"),
            FaultKind.Latency => new ApiFault(rule.Latency),
            _ => new ApiFault(Reset: true),
        };
    }
}
