namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>An operation of EKS, found by method and path, with what the path names.</summary>
/// <param name="Action">The operation.</param>
/// <param name="Names">The path's parts that are names, unescaped, outermost first.</param>
internal sealed record EksRoute(string Action, IReadOnlyList<string> Names);

/// <summary>EKS's paths.</summary>
internal static class EksRoutes
{
    // "*" stands for a name.
    private static readonly (string Method, string[] Path, string Action)[] Table =
    [
        ("POST", ["clusters"], "CreateCluster"),
        ("GET", ["clusters"], "ListClusters"),
        ("GET", ["clusters", "*"], "DescribeCluster"),
        ("DELETE", ["clusters", "*"], "DeleteCluster"),
        ("POST", ["clusters", "*", "update-config"], "UpdateClusterConfig"),
        ("POST", ["clusters", "*", "updates"], "UpdateClusterVersion"),
        ("GET", ["clusters", "*", "updates"], "ListUpdates"),
        ("GET", ["clusters", "*", "updates", "*"], "DescribeUpdate"),
        ("POST", ["clusters", "*", "encryption-config", "associate"], "AssociateEncryptionConfig"),
        ("POST", ["clusters", "*", "node-groups"], "CreateNodegroup"),
        ("GET", ["clusters", "*", "node-groups"], "ListNodegroups"),
        ("GET", ["clusters", "*", "node-groups", "*"], "DescribeNodegroup"),
        ("DELETE", ["clusters", "*", "node-groups", "*"], "DeleteNodegroup"),
        ("POST", ["clusters", "*", "node-groups", "*", "update-config"], "UpdateNodegroupConfig"),
        ("POST", ["clusters", "*", "node-groups", "*", "update-version"], "UpdateNodegroupVersion"),
        ("POST", ["clusters", "*", "addons"], "CreateAddon"),
        ("GET", ["clusters", "*", "addons"], "ListAddons"),
        ("GET", ["clusters", "*", "addons", "*"], "DescribeAddon"),
        ("POST", ["clusters", "*", "addons", "*", "update"], "UpdateAddon"),
        ("DELETE", ["clusters", "*", "addons", "*"], "DeleteAddon"),
        ("GET", ["addons", "supported-versions"], "DescribeAddonVersions"),
        ("GET", ["cluster-versions"], "DescribeClusterVersions"),
        ("POST", ["clusters", "*", "fargate-profiles"], "CreateFargateProfile"),
        ("GET", ["clusters", "*", "fargate-profiles"], "ListFargateProfiles"),
        ("GET", ["clusters", "*", "fargate-profiles", "*"], "DescribeFargateProfile"),
        ("DELETE", ["clusters", "*", "fargate-profiles", "*"], "DeleteFargateProfile"),
        ("POST", ["clusters", "*", "access-entries"], "CreateAccessEntry"),
        ("GET", ["clusters", "*", "access-entries"], "ListAccessEntries"),
        ("GET", ["clusters", "*", "access-entries", "*"], "DescribeAccessEntry"),
        ("POST", ["clusters", "*", "access-entries", "*"], "UpdateAccessEntry"),
        ("DELETE", ["clusters", "*", "access-entries", "*"], "DeleteAccessEntry"),
        ("POST", ["clusters", "*", "access-entries", "*", "access-policies"], "AssociateAccessPolicy"),
        ("GET", ["clusters", "*", "access-entries", "*", "access-policies"], "ListAssociatedAccessPolicies"),
        ("DELETE", ["clusters", "*", "access-entries", "*", "access-policies", "*"], "DisassociateAccessPolicy"),
        ("POST", ["clusters", "*", "pod-identity-associations"], "CreatePodIdentityAssociation"),
        ("GET", ["clusters", "*", "pod-identity-associations"], "ListPodIdentityAssociations"),
        ("GET", ["clusters", "*", "pod-identity-associations", "*"], "DescribePodIdentityAssociation"),
        ("DELETE", ["clusters", "*", "pod-identity-associations", "*"], "DeletePodIdentityAssociation"),
        ("GET", ["tags", "*"], "ListTagsForResource"),
        ("POST", ["tags", "*"], "TagResource"),
        ("DELETE", ["tags", "*"], "UntagResource"),
    ];

    public static EksRoute? Find(string method, string path)
    {
        // An ARN as a name may come with its slashes escaped or not, and it is always the rest or stands before a known word.
        var parts = Join(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray());
        foreach (var (itsMethod, itsPath, action) in Table)
        {
            if (itsMethod == method && itsPath.Length == parts.Length && itsPath.Zip(parts).All(pair => pair.First == "*" || pair.First == pair.Second))
            {
                return new EksRoute(action, [.. parts.Where((_, index) => itsPath[index] == "*")]);
            }
        }

        return null;
    }

    private static string[] Join(string[] parts)
    {
        var start = Array.FindIndex(parts, part => part.StartsWith("arn:", StringComparison.Ordinal));
        if (start < 0)
        {
            return parts;
        }

        var end = Array.IndexOf(parts, "access-policies", start + 1);
        end = end < 0 ? parts.Length : end;
        string[] rest = end == parts.Length
            ? []
            : parts.Length > end + 1 ? ["access-policies", string.Join('/', parts[(end + 1)..])] : ["access-policies"];
        return [.. parts[..start], string.Join('/', parts[start..end]), .. rest];
    }
}
