using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;

namespace Mayfly.Engine.Teardown;

/// <summary>Load balancers and target groups, above all those that a controller made and never took back.</summary>
public sealed class LoadBalancerLeftovers(AmazonElasticLoadBalancingV2Client elb) : ILeftovers
{
    private const string BalancerKind = "load balancer", GroupKind = "target group";

    // What one DescribeTags call takes.
    private const int TagBatch = 20;

    /// <inheritdoc />
    public string Looks => "load balancers, target groups";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct)
    {
        var arns = new List<(string Kind, string Arn)>();
        string? marker = null;
        do
        {
            var page = await elb.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest { Marker = marker }, ct);
            arns.AddRange(page.LoadBalancers.Select(balancer => (BalancerKind, balancer.LoadBalancerArn)));
            marker = page.NextMarker;
        }
        while (marker is not null);

        do
        {
            var page = await elb.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest { Marker = marker }, ct);
            arns.AddRange(page.TargetGroups.Select(group => (GroupKind, group.TargetGroupArn)));
            marker = page.NextMarker;
        }
        while (marker is not null);

        var found = new List<Leftover>();
        foreach (var batch in arns.Chunk(TagBatch))
        {
            var tags = await Gone.OrAsync(() => elb.DescribeTagsAsync(new DescribeTagsRequest([.. batch.Select(entry => entry.Arn)]), ct));
            foreach (var description in tags?.TagDescriptions ?? [])
            {
                if (ownership.ByTags(description.Tags.Select(tag => KeyValuePair.Create(tag.Key, tag.Value))) is { } owner)
                {
                    var kind = batch.First(entry => entry.Arn == description.ResourceArn).Kind;
                    found.Add(new Leftover(kind, description.ResourceArn, owner.Owner, owner.Why));
                }
            }
        }

        return [.. found.OrderBy(leftover => leftover.Kind == GroupKind)];
    }

    /// <inheritdoc />
    public Task RemoveAsync(Leftover leftover, CancellationToken ct) => Gone.IsFineAsync(() => leftover.Kind == BalancerKind
        ? elb.DeleteLoadBalancerAsync(new DeleteLoadBalancerRequest(leftover.Id), ct)
        : elb.DeleteTargetGroupAsync(new DeleteTargetGroupRequest(leftover.Id), ct));
}
