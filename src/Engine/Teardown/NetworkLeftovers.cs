using Amazon.EC2;
using Amazon.EC2.Model;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// Everything that EC2 knows by tag: instances, volumes, snapshots, addresses, interfaces, and the network itself, found in one
/// listing of tags and removed in an order that lets each go. CSI volumes and Karpenter's nodes carry the cluster's tags.
/// </summary>
public sealed class NetworkLeftovers(AmazonEC2Client ec2) : ILeftovers
{
    /// <summary>An address of its own, as a listing of tags calls it.</summary>
    internal const string AddressKind = "elastic-ip";

    /// <summary>Kinds in the order in which they can go.</summary>
    private static readonly string[] Order =
    [
        "instance", "natgateway", "vpc-endpoint", "launch-template", "network-interface", "volume", "snapshot", AddressKind,
        "internet-gateway", "subnet", "route-table", "network-acl", "security-group", "dhcp-options", "vpc",
    ];

    /// <inheritdoc />
    public string Looks => "EC2 instances, volumes, snapshots, addresses, network interfaces, gateways, subnets, route tables, security groups, VPCs";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct)
    {
        var tags = new List<TagDescription>();
        var request = new DescribeTagsRequest();
        do
        {
            var page = await ec2.DescribeTagsAsync(request, ct);
            tags.AddRange(page.Tags ?? []);
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        var found = new List<Leftover>();
        foreach (var resource in tags.GroupBy(tag => tag.ResourceId))
        {
            var kind = resource.First().ResourceType.Value;
            if (ownership.ByTags(resource.Select(tag => KeyValuePair.Create(tag.Key, tag.Value ?? ""))) is { } owner
                && await ExistsAsync(kind, resource.Key, ct))
            {
                found.Add(new Leftover(kind, resource.Key, owner.Owner, owner.Why));
            }
        }

        found.AddRange(await UntaggedAsync(found, ct));
        return [.. found.OrderBy(leftover => Array.IndexOf(Order, leftover.Kind) is var at and >= 0 ? at : Order.Length)];
    }

    /// <inheritdoc />
    public Task RemoveAsync(Leftover leftover, CancellationToken ct) => Gone.IsFineAsync(() => leftover.Kind switch
    {
        "instance" => ec2.TerminateInstancesAsync(new TerminateInstancesRequest([leftover.Id]), ct),
        "natgateway" => ec2.DeleteNatGatewayAsync(new DeleteNatGatewayRequest { NatGatewayId = leftover.Id }, ct),
        "vpc-endpoint" => ec2.DeleteVpcEndpointsAsync(new DeleteVpcEndpointsRequest { VpcEndpointIds = [leftover.Id] }, ct),
        "launch-template" => ec2.DeleteLaunchTemplateAsync(new DeleteLaunchTemplateRequest { LaunchTemplateId = leftover.Id }, ct),
        "network-interface" => ec2.DeleteNetworkInterfaceAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = leftover.Id }, ct),
        "volume" => ec2.DeleteVolumeAsync(new DeleteVolumeRequest(leftover.Id), ct),
        "snapshot" => ec2.DeleteSnapshotAsync(new DeleteSnapshotRequest(leftover.Id), ct),
        AddressKind => RemoveAddressAsync(leftover.Id, ct),
        "internet-gateway" => RemoveGatewayAsync(leftover.Id, ct),
        "subnet" => ec2.DeleteSubnetAsync(new DeleteSubnetRequest(leftover.Id), ct),
        "route-table" => RemoveRouteTableAsync(leftover.Id, ct),
        "network-acl" => ec2.DeleteNetworkAclAsync(new DeleteNetworkAclRequest { NetworkAclId = leftover.Id }, ct),
        "security-group" => RemoveSecurityGroupAsync(leftover.Id, ct),
        "dhcp-options" => ec2.DeleteDhcpOptionsAsync(new DeleteDhcpOptionsRequest(leftover.Id), ct),
        "vpc" => ec2.DeleteVpcAsync(new DeleteVpcRequest(leftover.Id), ct),

        // Listed and left: an unknown kind is for a person to judge.
        _ => Task.CompletedTask,
    });

    // A listing of tags names things for a while after they are gone; only a direct look counts.
    private async Task<bool> ExistsAsync(string kind, string id, CancellationToken ct) => kind switch
    {
        "instance" => await Gone.OrAsync(() => ec2.DescribeInstancesAsync(new DescribeInstancesRequest { InstanceIds = [id] }, ct))
            is { Reservations: { } reservations }
            && reservations.SelectMany(r => r.Instances).Any(i => i.State.Name != InstanceStateName.Terminated && i.State.Name != InstanceStateName.ShuttingDown),
        "natgateway" => await Gone.OrAsync(() => ec2.DescribeNatGatewaysAsync(new DescribeNatGatewaysRequest { NatGatewayIds = [id] }, ct))
            is { NatGateways: { } gateways } && gateways.Any(g => g.State != NatGatewayState.Deleted && g.State != NatGatewayState.Deleting),
        "network-interface" => await Gone.OrAsync(() =>
            ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest { NetworkInterfaceIds = [id] }, ct)) is { NetworkInterfaces.Count: > 0 },
        "volume" => await Gone.OrAsync(() => ec2.DescribeVolumesAsync(new DescribeVolumesRequest([id]), ct)) is { Volumes.Count: > 0 },
        "vpc" => await Gone.OrAsync(() => ec2.DescribeVpcsAsync(new DescribeVpcsRequest { VpcIds = [id] }, ct)) is { Vpcs.Count: > 0 },
        "subnet" => await Gone.OrAsync(() => ec2.DescribeSubnetsAsync(new DescribeSubnetsRequest { SubnetIds = [id] }, ct)) is { Subnets.Count: > 0 },
        "security-group" => await Gone.OrAsync(() => ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest { GroupIds = [id] }, ct))
            is { SecurityGroups.Count: > 0 },
        AddressKind => await Gone.OrAsync(() => ec2.DescribeAddressesAsync(new DescribeAddressesRequest { AllocationIds = [id] }, ct)) is { Addresses.Count: > 0 },
        "vpc-endpoint" => await Gone.OrAsync(() => ec2.DescribeVpcEndpointsAsync(new DescribeVpcEndpointsRequest { VpcEndpointIds = [id] }, ct))
            is { VpcEndpoints: { } endpoints } && endpoints.Any(e => e.State is null || !e.State.Value.StartsWith("delet", StringComparison.OrdinalIgnoreCase)),
        "internet-gateway" => await Gone.OrAsync(() =>
            ec2.DescribeInternetGatewaysAsync(new DescribeInternetGatewaysRequest { InternetGatewayIds = [id] }, ct)) is { InternetGateways.Count: > 0 },
        "route-table" => await Gone.OrAsync(() => ec2.DescribeRouteTablesAsync(new DescribeRouteTablesRequest { RouteTableIds = [id] }, ct))
            is { RouteTables.Count: > 0 },
        "network-acl" => await Gone.OrAsync(() => ec2.DescribeNetworkAclsAsync(new DescribeNetworkAclsRequest { NetworkAclIds = [id] }, ct))
            is { NetworkAcls.Count: > 0 },
        "snapshot" => await Gone.OrAsync(() => ec2.DescribeSnapshotsAsync(new DescribeSnapshotsRequest { SnapshotIds = [id] }, ct)) is { Snapshots.Count: > 0 },
        "launch-template" => await Gone.OrAsync(() =>
            ec2.DescribeLaunchTemplatesAsync(new DescribeLaunchTemplatesRequest { LaunchTemplateIds = [id] }, ct)) is { LaunchTemplates.Count: > 0 },
        "dhcp-options" => await Gone.OrAsync(() => ec2.DescribeDhcpOptionsAsync(new DescribeDhcpOptionsRequest { DhcpOptionsIds = [id] }, ct))
            is { DhcpOptions.Count: > 0 },
        _ => true,
    };

    // Load balancers and the CNI leave interfaces and groups without a tag of ours inside a network that is ours.
    private async Task<IReadOnlyList<Leftover>> UntaggedAsync(List<Leftover> tagged, CancellationToken ct)
    {
        var vpcs = tagged.Where(leftover => leftover.Kind == "vpc").ToList();
        if (vpcs.Count == 0)
        {
            return [];
        }

        var filter = new List<Filter> { new("vpc-id", [.. vpcs.Select(vpc => vpc.Id)]) };
        var interfaces = await ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest { Filters = filter }, ct);
        var groups = await ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest { Filters = filter }, ct);
        var inside = (interfaces.NetworkInterfaces ?? []).Select(found => ("network-interface", found.NetworkInterfaceId, found.VpcId))
            .Concat((groups.SecurityGroups ?? []).Where(group => group.GroupName != "default").Select(found => ("security-group", found.GroupId, found.VpcId)));
        return [.. inside
            .Where(found => tagged.All(leftover => leftover.Id != found.Item2))
            .Select(found => new Leftover(found.Item1, found.Item2, vpcs.First(vpc => vpc.Id == found.Item3).Owner, $"in {found.Item3}"))];
    }

    private async Task RemoveAddressAsync(string id, CancellationToken ct)
    {
        var found = await ec2.DescribeAddressesAsync(new DescribeAddressesRequest { AllocationIds = [id] }, ct);
        foreach (var association in (found.Addresses ?? []).Select(address => address.AssociationId).Where(association => !string.IsNullOrEmpty(association)))
        {
            await Gone.IsFineAsync(() => ec2.DisassociateAddressAsync(new DisassociateAddressRequest { AssociationId = association }, ct));
        }

        await ec2.ReleaseAddressAsync(new ReleaseAddressRequest { AllocationId = id }, ct);
    }

    private async Task RemoveGatewayAsync(string id, CancellationToken ct)
    {
        var gateways = await ec2.DescribeInternetGatewaysAsync(new DescribeInternetGatewaysRequest { InternetGatewayIds = [id] }, ct);
        foreach (var attachment in (gateways.InternetGateways ?? []).SelectMany(gateway => gateway.Attachments ?? []))
        {
            await ec2.DetachInternetGatewayAsync(new DetachInternetGatewayRequest { InternetGatewayId = id, VpcId = attachment.VpcId }, ct);
        }

        await ec2.DeleteInternetGatewayAsync(new DeleteInternetGatewayRequest { InternetGatewayId = id }, ct);
    }

    private async Task RemoveRouteTableAsync(string id, CancellationToken ct)
    {
        var tables = await ec2.DescribeRouteTablesAsync(new DescribeRouteTablesRequest { RouteTableIds = [id] }, ct);
        foreach (var association in (tables.RouteTables ?? []).SelectMany(table => table.Associations ?? []).Where(a => a.Main != true))
        {
            await Gone.IsFineAsync(() =>
                ec2.DisassociateRouteTableAsync(new DisassociateRouteTableRequest { AssociationId = association.RouteTableAssociationId }, ct));
        }

        await ec2.DeleteRouteTableAsync(new DeleteRouteTableRequest { RouteTableId = id }, ct);
    }

    // Two groups that name each other in their rules hold each other; without rules they let go.
    private async Task RemoveSecurityGroupAsync(string id, CancellationToken ct)
    {
        var found = await ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest { GroupIds = [id] }, ct);
        foreach (var group in found.SecurityGroups ?? [])
        {
            if (group.IpPermissions is { Count: > 0 } ingress)
            {
                await ec2.RevokeSecurityGroupIngressAsync(new RevokeSecurityGroupIngressRequest { GroupId = id, IpPermissions = ingress }, ct);
            }

            if (group.IpPermissionsEgress is { Count: > 0 } egress)
            {
                await ec2.RevokeSecurityGroupEgressAsync(new RevokeSecurityGroupEgressRequest { GroupId = id, IpPermissions = egress }, ct);
            }
        }

        await ec2.DeleteSecurityGroupAsync(new DeleteSecurityGroupRequest { GroupId = id }, ct);
    }
}
