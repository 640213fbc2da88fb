using Mayfly.Aws;
using Mayfly.LocalCloud.Aws;
using Mayfly.LocalCloud.Aws.Eks;
using Mayfly.LocalCloud.Kubernetes;
using Mayfly.LocalCloud.Kubernetes.Api;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Host.Clusters;

/// <summary>
/// Who an EKS token is. The token must be for this cluster and signed by keys that the account gave out; the principal must have an
/// access entry, or a line in the config map <c>aws-auth</c> where the cluster's mode has one. Nobody else is let in.
/// </summary>
internal sealed class EksAuthenticator(string cluster, LocalAws aws, TimeProvider clock) : IDisposable
{
    private ClusterApi? _admin;

    /// <summary>Lets it read the cluster's config map.</summary>
    public void Open(ClusterConnection admin) => _admin = new ClusterApi(admin, "aws-iam-authenticator");

    public async ValueTask<UserInfo?> AuthenticateAsync(string token, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!EksTokenReader.TryRead(token, IsSts, now, out var claims, out _)
            || now > claims!.IssuedAt + aws.Proxy.Faults.LifeOf("kubernetes")
            || aws.Principals.Find(claims.AccessKey) is not { } principal
            || principal.HasEnded(now, aws.Proxy.Faults.LifeOf("sts"))
            || !EksTokenReader.IsSignedFor(claims, cluster, principal.Credentials)
            || aws.Eks.Find(cluster) is not { } eks)
        {
            return null;
        }

        return eks.Access.FirstOrDefault(entry => entry.PrincipalArn == principal.IamArn) is { } entry
            ? await FromEntryAsync(principal, entry, ct)
            : eks.AuthenticationMode == "API" ? null : await FromConfigMapAsync(principal, ct);
    }

    public void Dispose() => _admin?.Dispose();

    // The URL in a token is never called here, but a token for another STS is none for this account.
    private bool IsSts(string host) =>
        host == aws.Proxy.Endpoint.Authority || host == $"localhost:{aws.Proxy.Endpoint.Port}"
        || host == "sts.amazonaws.com" || host == $"sts.{aws.Region}.amazonaws.com";

    private async Task<UserInfo> FromEntryAsync(Principal principal, EksAccessView entry, CancellationToken ct)
    {
        List<string> groups = [.. entry.Groups];
        foreach (var (policy, namespaces) in entry.Policies)
        {
            groups.AddRange(await AccessPolicies.GroupsAsync(_admin, policy, namespaces, ct));
        }

        // An entry without a name of its own stands for a session under the session's name.
        var name = entry.Username == entry.PrincipalArn ? principal.Arn : Fill(entry.Username, principal);
        return User(name, groups, principal);
    }

    private async Task<UserInfo?> FromConfigMapAsync(Principal principal, CancellationToken ct)
    {
        if (_admin is null || await _admin.FindAsync<k8s.Models.V1ConfigMap>("kube-system", "aws-auth", ct) is not { } map)
        {
            return null;
        }

        return AwsAuthMap.Find(map.Data, principal.IamArn) is var (name, groups) ? User(Fill(name, principal), groups, principal) : null;
    }

    private static UserInfo User(string name, IReadOnlyList<string> groups, Principal principal) => new(name, groups)
    {
        Uid = $"aws-iam-authenticator:{principal.IamArn.Split(':')[4]}:{principal.UserId}",
        Extra = new Dictionary<string, IReadOnlyList<string>>
        {
            ["arn"] = [principal.Arn],
            ["canonicalArn"] = [principal.IamArn],
            ["accessKeyId"] = [principal.Credentials.AccessKey],
        },
    };

    private static string Fill(string template, Principal principal) => template
        .Replace("{{SessionName}}", principal.Arn[(principal.Arn.LastIndexOf('/') + 1)..].Replace('@', '-'), StringComparison.Ordinal)
        .Replace("{{AccountID}}", principal.IamArn.Split(':')[4], StringComparison.Ordinal);
}
