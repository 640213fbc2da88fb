using System.Text.Json;
using Mayfly.Aws;
using Mayfly.Aws.EKS.Model;

namespace Mayfly.Engine.Explanation.Bundles;

/// <summary>What AWS says of each link of the chain, as it said it.</summary>
internal sealed class AwsParts(World world, Blueprint blueprint, IReadOnlyDictionary<string, object> seen, Scrubber scrubber)
{
    public IEnumerable<BundlePart> All =>
    [
        .. EdgeLooks.Names.Select(name => new BundlePart($"aws/{name}.json", $"what AWS says of the {name.Replace('-', ' ')}", _ => Task.FromResult<PartContent>(
            seen.TryGetValue(name, out var answer) ? Json(answer) : new PartContent.Missing("it is not there, or could not be looked at; chain.txt says which")))),
        new("aws/cluster.json", "what AWS says of the cluster", async ct =>
            Json((await world.Session.CreateEks().DescribeClusterAsync(new DescribeClusterRequest(blueprint.ClusterName), ct)).Cluster)),
        new("aws/nodegroups.json", "what AWS says of its node groups", NodeGroupsAsync),
    ];

    private async Task<PartContent> NodeGroupsAsync(CancellationToken ct)
    {
        var eks = world.Session.CreateEks();
        var groups = new List<object>();
        foreach (var name in (await eks.ListNodegroupsAsync(new ListNodegroupsRequest(blueprint.ClusterName), ct)).Nodegroups)
        {
            groups.Add((await eks.DescribeNodegroupAsync(new DescribeNodegroupRequest(blueprint.ClusterName, name), ct)).Nodegroup);
        }

        return groups.Count == 0 ? new PartContent.Missing("there are none") : Json(groups);
    }

    private PartContent Json(object answer) => new PartContent.Text(scrubber.Json(JsonSerializer.SerializeToNode(answer, answer.GetType())));
}
