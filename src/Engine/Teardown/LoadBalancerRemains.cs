using Amazon.EC2;
using Amazon.EC2.Model;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// What load balancers leave in the environment's network when they go, or are taken, without their controller: interfaces that
/// nothing uses, addresses, and the security groups that the controller made. While one of them is there, no subnet, gateway, group
/// or VPC can go.
/// </summary>
/// <param name="ec2">The client.</param>
/// <param name="onlyIdle">True: only what nothing can be using, which leaves the groups out.</param>
public sealed class LoadBalancerRemains(AmazonEC2Client ec2, bool onlyIdle = false) : ILeftovers
{
    private const string ControllerTag = "elbv2.k8s.aws/cluster";
    private const string InterfacePrefix = "ELB ";
    private readonly NetworkLeftovers _network = new(ec2);

    /// <inheritdoc />
    public string Looks => onlyIdle ? "idle interfaces and addresses of load balancers" : "interfaces, addresses and security groups of load balancers";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct)
    {
        var networks = await ec2.DescribeVpcsAsync(new DescribeVpcsRequest(), ct);
        var ours = (networks.Vpcs ?? []).Select(vpc => (vpc.VpcId, Owner: ByTags(ownership, vpc.Tags)))
            .Where(vpc => vpc.Owner is not null).ToDictionary(vpc => vpc.VpcId, vpc => vpc.Owner!.Value.Owner);
        var inside = new List<Filter> { new("vpc-id", [.. ours.Keys]) };
        var interfaces = ours.Count == 0 ? [] : (await ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest { Filters = inside }, ct)).NetworkInterfaces ?? [];
        var groups = ours.Count == 0 || onlyIdle ? [] : (await ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest { Filters = inside }, ct)).SecurityGroups ?? [];
        var addresses = (await ec2.DescribeAddressesAsync(new DescribeAddressesRequest(), ct)).Addresses ?? [];

        var idle = interfaces.Where(found => found.Status == NetworkInterfaceStatus.Available && found.Description?.StartsWith(InterfacePrefix, StringComparison.Ordinal) == true).ToList();
        return
        [
            // Before the interface that it may stand on: it is the address that holds the gateway.
            .. addresses
                .Where(found => string.IsNullOrEmpty(found.AssociationId) || idle.Exists(face => face.NetworkInterfaceId == found.NetworkInterfaceId))
                .Where(found => IsOfController(found.Tags))
                .Select(found => (found.AllocationId, Owner: ByTags(ownership, found.Tags)))
                .Where(found => found.Owner is not null)
                .Select(found => new Leftover(NetworkLeftovers.AddressKind, found.AllocationId, found.Owner!.Value.Owner, $"tag {ControllerTag}")),
            .. idle.Select(found => new Leftover("network-interface", found.NetworkInterfaceId, ours[found.VpcId], $"of a load balancer in {found.VpcId}")),
            .. groups.Where(found => IsOfController(found.Tags) && ByTags(ownership, found.Tags) is not null)
                .Select(found => new Leftover("security-group", found.GroupId, ours[found.VpcId], $"tag {ControllerTag}")),
        ];
    }

    /// <inheritdoc />
    public Task RemoveAsync(Leftover leftover, CancellationToken ct) => _network.RemoveAsync(leftover, ct);

    private static bool IsOfController(List<Tag>? tags) => tags?.Exists(tag => tag.Key == ControllerTag) == true;

    private static (string Owner, string Why)? ByTags(Ownership ownership, List<Tag>? tags) =>
        ownership.ByTags((tags ?? []).Select(tag => KeyValuePair.Create(tag.Key, tag.Value ?? "")));
}
