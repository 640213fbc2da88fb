using Mayfly.Aws;
using Mayfly.Aws.EKS;
using Mayfly.Aws.EKS.Model;

namespace Mayfly.Engine.Teardown;

/// <summary>EKS clusters with their node groups and add-ons.</summary>
public sealed class ClusterLeftovers(AmazonEKSClient eks) : ILeftovers
{
    internal const string ClusterKind = "EKS cluster", NodesKind = "EKS node group", AddonKind = "EKS add-on";

    /// <inheritdoc />
    public string Looks => "EKS clusters, node groups, add-ons";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct)
    {
        var found = new List<Leftover>();
        await foreach (var name in NamesAsync(ownership, ct))
        {
            if (await Gone.OrAsync(() => eks.DescribeClusterAsync(new DescribeClusterRequest(name), ct)) is not { Cluster: var cluster }
                || cluster.Status == "DELETING")
            {
                continue;
            }

            if ((ownership.ByTags(cluster.Tags ?? []) ?? (cluster.Tags is null or { Count: 0 } ? ownership.ByName(name) : null)) is not { } owner)
            {
                continue;
            }

            // What has to go first stands first.
            var nodes = await eks.ListNodegroupsAsync(new ListNodegroupsRequest(name), ct);
            found.AddRange(nodes.Nodegroups.Select(group => new Leftover(NodesKind, $"{name}/{group}", owner.Owner, owner.Why)));
            var addons = await eks.ListAddonsAsync(new ListAddonsRequest(name), ct);
            found.AddRange(addons.Addons.Select(addon => new Leftover(AddonKind, $"{name}/{addon}", owner.Owner, owner.Why)));
            found.Add(new Leftover(ClusterKind, name, owner.Owner, owner.Why));
        }

        return found;
    }

    /// <inheritdoc />
    public Task RemoveAsync(Leftover leftover, CancellationToken ct) => leftover.Kind switch
    {
        NodesKind => Gone.IsFineAsync(() => eks.DeleteNodegroupAsync(new DeleteNodegroupRequest(First(leftover), Last(leftover)), ct)),
        AddonKind => Gone.IsFineAsync(() => eks.DeleteAddonAsync(new DeleteAddonRequest(First(leftover), Last(leftover)), ct)),
        _ => Gone.IsFineAsync(() => eks.DeleteClusterAsync(new DeleteClusterRequest(leftover.Id), ct)),
    };

    private async IAsyncEnumerable<string> NamesAsync(
        Ownership ownership, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (ownership.Only is { } only)
        {
            yield return only;
            yield break;
        }

        string? next = null;
        do
        {
            var page = await eks.ListClustersAsync(new ListClustersRequest(NextToken: next), ct);
            foreach (var name in page.Clusters)
            {
                yield return name;
            }

            next = page.NextToken;
        }
        while (next is not null);
    }

    private static string First(Leftover leftover) => leftover.Id.Split('/')[0];

    private static string Last(Leftover leftover) => leftover.Id.Split('/')[1];
}
