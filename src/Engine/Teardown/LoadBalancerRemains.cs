using Amazon.EC2;
using Amazon.EC2.Model;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// What load balancers leave in the environment's network when they go, or are taken, without their controller: interfaces that
/// nothing uses, and the security groups that the controller made. While one of them is there, no subnet, group or VPC can go.
/// </summary>
public sealed class LoadBalancerRemains(AmazonEC2Client ec2) : ILeftovers
{
    private const string ControllerTag = "elbv2.k8s.aws/cluster";
    private const string InterfacePrefix = "ELB ";
    private readonly NetworkLeftovers _network = new(ec2);

    /// <inheritdoc />
    public string Looks => "interfaces and security groups of load balancers";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct)
    {
        var networks = await ec2.DescribeVpcsAsync(new DescribeVpcsRequest(), ct);
        var ours = (networks.Vpcs ?? []).Select(vpc => (vpc.VpcId, Owner: ByTags(ownership, vpc.Tags))).Where(vpc => vpc.Owner is not null).ToList();
        if (ours.Count == 0)
        {
            return [];
        }

        var inside = new List<Filter> { new("vpc-id", [.. ours.Select(vpc => vpc.VpcId)]) };
        var interfaces = await ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest { Filters = inside }, ct);
        var groups = await ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest { Filters = inside }, ct);
        return
        [
            .. (interfaces.NetworkInterfaces ?? [])
                .Where(found => found.Status == NetworkInterfaceStatus.Available && found.Description?.StartsWith(InterfacePrefix, StringComparison.Ordinal) == true)
                .Select(found => new Leftover("network-interface", found.NetworkInterfaceId, OwnerOf(found.VpcId), $"of a load balancer in {found.VpcId}")),
            .. (groups.SecurityGroups ?? [])
                .Where(found => found.Tags?.Any(tag => tag.Key == ControllerTag) == true && ByTags(ownership, found.Tags) is not null)
                .Select(found => new Leftover("security-group", found.GroupId, OwnerOf(found.VpcId), $"tag {ControllerTag}")),
        ];

        string OwnerOf(string vpc) => ours.First(our => our.VpcId == vpc).Owner!.Value.Owner;
    }

    /// <inheritdoc />
    public Task RemoveAsync(Leftover leftover, CancellationToken ct) => _network.RemoveAsync(leftover, ct);

    private static (string Owner, string Why)? ByTags(Ownership ownership, List<Tag>? tags) =>
        ownership.ByTags((tags ?? []).Select(tag => KeyValuePair.Create(tag.Key, tag.Value ?? "")));
}
