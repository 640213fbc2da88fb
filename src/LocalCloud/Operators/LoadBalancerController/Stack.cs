using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Ec2Tag = Amazon.EC2.Model.Tag;
using TargetGroup = Mayfly.Aws.ElasticLoadBalancingV2.Model.TargetGroup;
using Tag = Mayfly.Aws.ElasticLoadBalancingV2.Model.Tag;
using DescribeTagsRequest = Mayfly.Aws.ElasticLoadBalancingV2.Model.DescribeTagsRequest;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>What a group has in AWS, known by its tags alone: the controller keeps no memory of its own.</summary>
internal sealed class Stack(AwsSession session, AmazonElasticLoadBalancingV2Client balancing, string cluster)
{
    public const string ClusterTag = "elbv2.k8s.aws/cluster";
    public const string StackTag = "ingress.k8s.aws/stack";
    public const string ResourceTag = "ingress.k8s.aws/resource";
    private const int TagsAtOnce = 20;

    /// <summary>The tags of one thing of a group.</summary>
    public Dictionary<string, string> Tags(GroupId group, string resource) => new()
    {
        [ClusterTag] = cluster,
        [StackTag] = group.ToString(),
        [ResourceTag] = resource,
    };

    /// <summary>As Elastic Load Balancing takes tags.</summary>
    public List<Tag> ElbTags(GroupId group, string resource, IReadOnlyDictionary<string, string> more) =>
        [.. more.Concat(Tags(group, resource)).GroupBy(tag => tag.Key).Select(tag => new Tag(tag.Key, tag.Last().Value))];

    /// <summary>The group's load balancers.</summary>
    public async Task<List<LoadBalancer>> LoadBalancersAsync(GroupId group, CancellationToken ct)
    {
        var all = new List<LoadBalancer>();
        for (var request = new DescribeLoadBalancersRequest(); ;)
        {
            var page = await balancing.DescribeLoadBalancersAsync(request, ct);
            all.AddRange(page.LoadBalancers);
            if (string.IsNullOrEmpty(page.NextMarker))
            {
                break;
            }

            request = request with { Marker = page.NextMarker };
        }

        return await OwnAsync(group, all, balancer => balancer.LoadBalancerArn, ct);
    }

    /// <summary>The group's target groups.</summary>
    public async Task<List<TargetGroup>> TargetGroupsAsync(GroupId group, CancellationToken ct)
    {
        var all = new List<TargetGroup>();
        for (var request = new DescribeTargetGroupsRequest(); ;)
        {
            var page = await balancing.DescribeTargetGroupsAsync(request, ct);
            all.AddRange(page.TargetGroups);
            if (string.IsNullOrEmpty(page.NextMarker))
            {
                break;
            }

            request = request with { Marker = page.NextMarker };
        }

        return await OwnAsync(group, all, target => target.TargetGroupArn, ct);
    }

    /// <summary>The group's own security groups.</summary>
    public async Task<List<SecurityGroup>> SecurityGroupsAsync(GroupId group, CancellationToken ct)
    {
        using var ec2 = session.CreateEc2();
        var answer = await ec2.DescribeSecurityGroupsAsync(
            new DescribeSecurityGroupsRequest
            {
                Filters = [new Filter($"tag:{ClusterTag}", [cluster]), new Filter($"tag:{StackTag}", [group.ToString()])],
            },
            ct);
        return answer.SecurityGroups ?? [];
    }

    /// <summary>Makes a security group that lets clients in on ports.</summary>
    public async Task<string> CreateSecurityGroupAsync(
        string name, string description, string vpc, IReadOnlyDictionary<string, string> tags, IEnumerable<(int Port, string Cidr)> inbound, CancellationToken ct)
    {
        using var ec2 = session.CreateEc2();
        var created = await ec2.CreateSecurityGroupAsync(
            new CreateSecurityGroupRequest
            {
                GroupName = name,
                Description = description,
                VpcId = vpc,
                TagSpecifications =
                [
                    new TagSpecification
                    {
                        ResourceType = ResourceType.SecurityGroup,
                        Tags = [.. tags.Select(tag => new Ec2Tag(tag.Key, tag.Value))],
                    },
                ],
            },
            ct);
        var permissions = inbound.GroupBy(rule => rule.Port).Select(port => new IpPermission
        {
            IpProtocol = "tcp",
            FromPort = port.Key,
            ToPort = port.Key,
            Ipv4Ranges = [.. port.Select(rule => new IpRange { CidrIp = rule.Cidr })],
        }).ToList();
        if (permissions.Count > 0)
        {
            await ec2.AuthorizeSecurityGroupIngressAsync(
                new AuthorizeSecurityGroupIngressRequest { GroupId = created.GroupId, IpPermissions = permissions }, ct);
        }

        return created.GroupId;
    }

    /// <summary>
    /// Deletes a security group once no network interface is in it. A load balancer's interfaces stay for a while after it is gone,
    /// and AWS refuses so long.
    /// </summary>
    /// <returns>Whether it is gone.</returns>
    public async Task<bool> DeleteSecurityGroupAsync(string id, CancellationToken ct)
    {
        using var ec2 = session.CreateEc2();
        var interfaces = await ec2.DescribeNetworkInterfacesAsync(
            new DescribeNetworkInterfacesRequest { Filters = [new Filter("group-id", [id])] }, ct);
        if (interfaces.NetworkInterfaces is { Count: > 0 })
        {
            return false;
        }

        try
        {
            await ec2.DeleteSecurityGroupAsync(new DeleteSecurityGroupRequest { GroupId = id }, ct);
            return true;
        }
        catch (AmazonEC2Exception refusal) when (refusal.ErrorCode == "InvalidGroup.NotFound")
        {
            return true;
        }
        catch (AmazonEC2Exception refusal) when (refusal.ErrorCode == "DependencyViolation")
        {
            return false;
        }
    }

    private async Task<List<T>> OwnAsync<T>(GroupId group, List<T> all, Func<T, string> arnOf, CancellationToken ct)
    {
        var own = new HashSet<string>();
        foreach (var some in all.Select(arnOf).Chunk(TagsAtOnce))
        {
            var tags = await balancing.DescribeTagsAsync(new DescribeTagsRequest([.. some]), ct);
            own.UnionWith(tags.TagDescriptions
                .Where(description => description.Tags.Contains(new Tag(ClusterTag, cluster)) && description.Tags.Contains(new Tag(StackTag, group.ToString())))
                .Select(description => description.ResourceArn));
        }

        return [.. all.Where(item => own.Contains(arnOf(item)))];
    }
}
