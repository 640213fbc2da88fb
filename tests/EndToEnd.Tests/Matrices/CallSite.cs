using System.Text.Json;

namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>Who asks what: a client of a run, the API, and the operation (verb and resource for a cluster).</summary>
/// <param name="Client">mayfly, terraform (its state), or a provider, or helm.</param>
/// <param name="Service">The service's signing name, or kubernetes.</param>
/// <param name="Operation">What people call it: <c>DescribeVpcs</c>, <c>PATCH deployments</c>.</param>
/// <param name="Agent">The user agent, as a pattern.</param>
/// <param name="Action">What the fault's rule matches, as a pattern.</param>
public sealed record CallSite(string Client, string Service, string Operation, string Agent, string Action)
{
    /// <summary>Its name.</summary>
    public string Name => $"{Client} {Service} {Operation}";

    /// <summary>The row of the table it counts in.</summary>
    public string Group => $"{Client}, {(IsCluster ? "Kubernetes" : "AWS")}";

    /// <summary>True for a cluster's API.</summary>
    public bool IsCluster => Service == "kubernetes";

    /// <summary>True when its client asks again by itself, so that a fault that passes never reaches Mayfly.</summary>
    public bool TriesAgain => !IsCluster;

    /// <summary>The site of a request to AWS; null when none of a run's clients sent it (controllers and the cloud itself do too).</summary>
    public static CallSite? OfAws(JsonElement request)
    {
        var agent = request.GetProperty("userAgent").GetString()!;
        var (client, pattern) = agent switch
        {
            "mayfly" => ("mayfly", "mayfly"),
            _ when agent.Contains("app/mayfly", StringComparison.Ordinal) => ("mayfly", "*app/mayfly*"),
            _ when agent.Contains("terraform-provider-aws", StringComparison.Ordinal) => ("provider aws", "*terraform-provider-aws*"),
            _ when agent.Contains(" Terraform/", StringComparison.Ordinal) => ("terraform", "* Terraform/*"),
            _ => (null, ""),
        };
        var action = request.GetProperty("action").GetString()!;
        return client is null ? null : new CallSite(client, request.GetProperty("service").GetString()!, action, pattern, action);
    }

    /// <summary>The site of a request to a cluster; null as above.</summary>
    public static CallSite? OfCluster(JsonElement request, string cluster)
    {
        var agent = request.GetProperty("userAgent").GetString()!;
        var (client, pattern) = agent switch
        {
            _ when agent.StartsWith("kubernetes-csharp", StringComparison.Ordinal) => ("mayfly", "kubernetes-csharp*"),
            _ when agent.StartsWith("Helm/", StringComparison.Ordinal) => ("helm", "Helm/*"),
            _ when agent.StartsWith("HashiCorp", StringComparison.Ordinal) => ("provider kubernetes", "HashiCorp*"),
            _ => (null, ""),
        };
        if (client is null)
        {
            return null;
        }

        var method = request.GetProperty("method").GetString()!;
        var path = request.GetProperty("path").GetString()!;
        var (resource, like) = Resource(path, cluster);
        return new CallSite(client, "kubernetes", $"{method} {resource}", pattern, $"{method} {like}");
    }

    // /api/v1/… or /apis/group/version/…, then namespaces/NAME where the kind has one, then the kind, a name, a subresource.
    private static (string Resource, string Like) Resource(string path, string cluster)
    {
        var parts = path.Trim('/').Split('/');
        var start = parts[0] == "api" ? 2 : parts[0] == "apis" ? 3 : int.MaxValue;
        if (parts.Length <= start)
        {
            // Discovery: one site whatever the group.
            return ($"/{parts[0]}{(parts.Length > 1 ? "/…" : "")}", parts.Length > 1 ? $"/{parts[0]}/*" : $"/{parts[0]}*");
        }

        var root = string.Join('/', parts[..start]);
        var rest = parts[start..];
        var inNamespace = rest.Length > 2 && rest[0] == "namespaces";
        var kind = inNamespace ? rest[2..] : rest;
        // The namespace itself: a pattern would take everything below it too.
        if (kind[0] == "namespaces")
        {
            return (kind.Length > 1 ? "namespaces/NAME" : "namespaces", path.Replace(cluster, "{env}", StringComparison.Ordinal));
        }

        var prefix = $"/{root}/{(inNamespace ? "namespaces/*/" : "")}{kind[0]}";
        return kind.Length switch
        {
            1 => (kind[0], prefix),
            2 => ($"{kind[0]}/NAME", $"{prefix}/*"),
            _ => ($"{kind[0]}/{kind[2]}", $"{prefix}/*/{kind[2]}"),
        };
    }
}
