using k8s.Models;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Engine.Teardown;

namespace Mayfly.Engine.Unblocking;

/// <summary>
/// The load balancers that the load balancer controller made for one Ingress or Service of this cluster, known by its tags. The
/// object that they are for is to go, and they with it.
/// </summary>
/// <param name="elb">The client.</param>
/// <param name="project">The configured project.</param>
/// <param name="cluster">The cluster's name, as the tags have it.</param>
public sealed class StackBalancers(AmazonElasticLoadBalancingV2Client elb, string project, string cluster)
{
    private const string ClusterTag = "elbv2.k8s.aws/cluster";
    private static readonly string[] StackTags = ["ingress.k8s.aws/stack", "service.k8s.aws/stack"];

    /// <summary>The stack that a finalizer of an object stands for: the group's name, or the object's own.</summary>
    public static string StackOf(V1ObjectMeta metadata, string finalizer) =>
        finalizer.StartsWith("group.ingress.k8s.aws/", StringComparison.Ordinal)
            ? finalizer["group.ingress.k8s.aws/".Length..]
            : $"{metadata.NamespaceProperty}/{metadata.Name}";

    /// <summary>Removes them, balancers first; what was removed. A look right after finds none of them.</summary>
    public async Task<IReadOnlyList<string>> RemoveAsync(string stack, CancellationToken ct)
    {
        var removed = new List<string>();
        foreach (var (leftovers, leftover) in await FindAsync(stack, ct))
        {
            await leftovers.RemoveAsync(leftover, ct);
            removed.Add(leftover.Id);
        }

        return removed;
    }

    /// <summary>Looks for them.</summary>
    public async Task<IReadOnlyList<(LoadBalancerLeftovers Leftovers, Leftover Leftover)>> FindAsync(string stack, CancellationToken ct)
    {
        // Tags decide twice: the sweep's rules say that a thing is this environment's, the stack's tag that it is this object's.
        var leftovers = new LoadBalancerLeftovers(elb);
        var ours = new List<(LoadBalancerLeftovers, Leftover)>();
        foreach (var leftover in await leftovers.FindAsync(new Ownership(project, id => id == cluster, cluster), ct))
        {
            var tags = (await Gone.OrAsync(() => elb.DescribeTagsAsync(new DescribeTagsRequest([leftover.Id]), ct)))?.TagDescriptions.SelectMany(found => found.Tags).ToList() ?? [];
            if (tags.Exists(tag => tag.Key == ClusterTag && tag.Value == cluster) && tags.Exists(tag => StackTags.Contains(tag.Key) && tag.Value == stack))
            {
                ours.Add((leftovers, leftover));
            }
        }

        return ours;
    }
}
