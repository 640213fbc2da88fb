using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>A principal that may log in to a cluster.</summary>
/// <param name="PrincipalArn">Who, as IAM knows it.</param>
/// <param name="Username">The Kubernetes user.</param>
/// <param name="Groups">Its groups.</param>
/// <param name="Policies">EKS's access policies, with the namespaces each is limited to; none: the whole cluster.</param>
public sealed record EksAccessView(
    string PrincipalArn, string Username, IReadOnlyList<string> Groups, IReadOnlyList<(string PolicyArn, IReadOnlyList<string> Namespaces)> Policies);

/// <summary>A cluster as others in the local cloud see it.</summary>
public sealed record EksClusterView(
    string Name, string Region, string Status, string? Endpoint, string? CreatorArn, string OidcIssuer, string AuthenticationMode,
    IReadOnlyList<EksAccessView> Access, IReadOnlyList<string> Nodegroups)
{
    internal static EksClusterView Of(EksCluster cluster) => new(
        cluster.Name, cluster.Region, cluster.Status, cluster.Document.Str("endpoint"), cluster.CreatorArn, cluster.OidcIssuer,
        cluster.Document.Obj("accessConfig").Str("authenticationMode") ?? "CONFIG_MAP",
        [.. cluster.AccessEntries.Select(entry => new EksAccessView(
            entry.Key, entry.Value.Str("username") ?? entry.Key, entry.Value.Strings("kubernetesGroups"),
            [.. (cluster.AccessPolicies.GetValueOrDefault(entry.Key) ?? []).Select(Policy)]))],
        [.. cluster.Nodegroups.Keys]);

    private static (string, IReadOnlyList<string>) Policy(JsonObject association) =>
        (association.Str("policyArn")!, association.Obj("accessScope").Strings("namespaces"));
}
