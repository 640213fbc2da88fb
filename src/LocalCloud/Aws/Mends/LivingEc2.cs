using Amazon.EC2;
using Amazon.EC2.Model;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>Which of EC2's things are there. moto keeps tags of what was deleted, and a sweep would chase ghosts.</summary>
internal sealed class LivingEc2(AmazonEC2Client ec2)
{
    /// <summary>The ids of a type that are there; null: this type is believed.</summary>
    /// <param name="type">As EC2 calls it, or moto.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<HashSet<string>?> IdsAsync(string type, CancellationToken ct)
    {
        IEnumerable<string>? ids = type switch
        {
            "vpc" => (await ec2.DescribeVpcsAsync(new DescribeVpcsRequest(), ct)).Vpcs?.Select(one => one.VpcId),
            "subnet" => (await ec2.DescribeSubnetsAsync(new DescribeSubnetsRequest(), ct)).Subnets?.Select(one => one.SubnetId),
            "security-group" => (await ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest(), ct)).SecurityGroups?.Select(one => one.GroupId),
            "route-table" => (await ec2.DescribeRouteTablesAsync(new DescribeRouteTablesRequest(), ct)).RouteTables?.Select(one => one.RouteTableId),
            "internet-gateway" => (await ec2.DescribeInternetGatewaysAsync(new DescribeInternetGatewaysRequest(), ct))
                .InternetGateways?.Select(one => one.InternetGatewayId),
            "natgateway" or "nat-gateway" => (await ec2.DescribeNatGatewaysAsync(new DescribeNatGatewaysRequest(), ct))
                .NatGateways?.Where(one => one.State != NatGatewayState.Deleted).Select(one => one.NatGatewayId),
            "elastic-ip" or "vpc-elastic-ip" => (await ec2.DescribeAddressesAsync(new DescribeAddressesRequest(), ct)).Addresses?.Select(one => one.AllocationId),
            "network-interface" => (await ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest(), ct))
                .NetworkInterfaces?.Select(one => one.NetworkInterfaceId),
            "instance" => (await ec2.DescribeInstancesAsync(new DescribeInstancesRequest(), ct))
                .Reservations?.SelectMany(one => one.Instances).Where(one => one.State.Name != InstanceStateName.Terminated).Select(one => one.InstanceId),
            "volume" => (await ec2.DescribeVolumesAsync(new DescribeVolumesRequest(), ct)).Volumes?.Select(one => one.VolumeId),
            "launch-template" => (await ec2.DescribeLaunchTemplatesAsync(new DescribeLaunchTemplatesRequest(), ct))
                .LaunchTemplates?.Select(one => one.LaunchTemplateId),
            "vpc-endpoint" => (await ec2.DescribeVpcEndpointsAsync(new DescribeVpcEndpointsRequest(), ct)).VpcEndpoints?.Select(one => one.VpcEndpointId),
            "network-acl" => (await ec2.DescribeNetworkAclsAsync(new DescribeNetworkAclsRequest(), ct)).NetworkAcls?.Select(one => one.NetworkAclId),
            _ => null,
        };

        // No list at all in an answer is an empty one; an unknown type is something else.
        return ids is not null ? [.. ids] : IsListed(type) ? [] : null;
    }

    private static bool IsListed(string type) => type is "vpc" or "subnet" or "security-group" or "route-table" or "internet-gateway"
        or "natgateway" or "nat-gateway" or "elastic-ip" or "vpc-elastic-ip" or "network-interface" or "instance" or "volume" or "launch-template"
        or "vpc-endpoint" or "network-acl";
}
