using Amazon.EC2.Model;
using Amazon.S3.Model;
using Mayfly.Aws;
using Mayfly.Aws.CloudWatchLogs.Model;
using Mayfly.Aws.EKS.Model;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.IdentityManagement.Model;
using Mayfly.Aws.Route53.Model;
using Mayfly.Aws.SecretsManager.Model;

namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>
/// Everything that stands in an account and in the state's bucket, asked of the APIs themselves and not of Mayfly: two of them tell
/// what a life of an environment left behind.
/// </summary>
public static class Census
{
    /// <summary>Lists it, one line a thing.</summary>
    public static async Task<IReadOnlySet<string>> TakeAsync(AwsSession session, string bucket, CancellationToken ct)
    {
        var lists = await Task.WhenAll(
            NetworkAsync(session, ct), AccessAsync(session, ct), BalancingAsync(session, ct), NamesAsync(session, ct),
            OthersAsync(session, ct), StateAsync(session, bucket, ct));
        return lists.SelectMany(list => list).ToHashSet(StringComparer.Ordinal);
    }

    private static async Task<IEnumerable<string>> NetworkAsync(AwsSession session, CancellationToken ct)
    {
        using var ec2 = session.CreateEc2();
        var instances = (await ec2.DescribeInstancesAsync(new DescribeInstancesRequest(), ct)).Reservations ?? [];
        return
        [
            .. Lines("vpc", (await ec2.DescribeVpcsAsync(new DescribeVpcsRequest(), ct)).Vpcs, vpc => vpc.VpcId),
            .. Lines("subnet", (await ec2.DescribeSubnetsAsync(new DescribeSubnetsRequest(), ct)).Subnets, subnet => subnet.SubnetId),
            .. Lines("security group", (await ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest(), ct)).SecurityGroups, group => group.GroupId),
            .. Lines("interface", (await ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest(), ct)).NetworkInterfaces, face => face.NetworkInterfaceId),
            .. Lines("address", (await ec2.DescribeAddressesAsync(new DescribeAddressesRequest(), ct)).Addresses, address => address.AllocationId),
            .. Lines("internet gateway", (await ec2.DescribeInternetGatewaysAsync(new DescribeInternetGatewaysRequest(), ct)).InternetGateways, gateway => gateway.InternetGatewayId),
            .. Lines("route table", (await ec2.DescribeRouteTablesAsync(new DescribeRouteTablesRequest(), ct)).RouteTables, table => table.RouteTableId),
            .. Lines("volume", (await ec2.DescribeVolumesAsync(new DescribeVolumesRequest(), ct)).Volumes, volume => volume.VolumeId),
            .. Lines("launch template", (await ec2.DescribeLaunchTemplatesAsync(new DescribeLaunchTemplatesRequest(), ct)).LaunchTemplates, template => template.LaunchTemplateId),
            // What has ended stays listed for an hour, in AWS too.
            .. Lines("NAT gateway", (await ec2.DescribeNatGatewaysAsync(new DescribeNatGatewaysRequest(), ct)).NatGateways?.Where(gateway => gateway.State != "deleted"), gateway => gateway.NatGatewayId),
            .. Lines("instance", instances.SelectMany(reservation => reservation.Instances ?? []).Where(instance => instance.State.Name != "terminated"), instance => instance.InstanceId),
        ];
    }

    private static async Task<IEnumerable<string>> AccessAsync(AwsSession session, CancellationToken ct)
    {
        var iam = session.CreateIam();
        return
        [
            .. Lines("role", (await iam.ListRolesAsync(new ListRolesRequest(MaxItems: 1000), ct)).Roles, role => role.RoleName),
            .. Lines("policy", (await iam.ListPoliciesAsync(new ListPoliciesRequest("Local", MaxItems: 1000), ct)).Policies, policy => policy.Arn),
            .. Lines("OIDC provider", (await iam.ListOpenIDConnectProvidersAsync(new ListOpenIDConnectProvidersRequest(), ct)).OpenIDConnectProviderList, provider => provider.Arn),
        ];
    }

    private static async Task<IEnumerable<string>> BalancingAsync(AwsSession session, CancellationToken ct)
    {
        var balancing = session.CreateElasticLoadBalancingV2();
        return
        [
            .. Lines("load balancer", (await balancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest(), ct)).LoadBalancers, balancer => balancer.LoadBalancerArn),
            .. Lines("target group", (await balancing.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest(), ct)).TargetGroups, group => group.TargetGroupArn),
        ];
    }

    private static async Task<IEnumerable<string>> NamesAsync(AwsSession session, CancellationToken ct)
    {
        var names = session.CreateRoute53();
        List<string> found = [];
        foreach (var zone in (await names.ListHostedZonesAsync(new ListHostedZonesRequest(), ct)).HostedZones)
        {
            var records = await names.ListResourceRecordSetsAsync(new ListResourceRecordSetsRequest(zone.Id), ct);
            found.AddRange(Lines("record", records.ResourceRecordSets, record => $"{record.Type} {record.Name}"));
        }

        return found;
    }

    private static async Task<IEnumerable<string>> OthersAsync(AwsSession session, CancellationToken ct) =>
    [
        .. Lines("cluster", (await session.CreateEks().ListClustersAsync(new ListClustersRequest(), ct)).Clusters, name => name),
        .. Lines("log group", (await session.CreateCloudWatchLogs().DescribeLogGroupsAsync(new DescribeLogGroupsRequest(), ct)).LogGroups, group => group.LogGroupName),
        .. Lines("secret", (await session.CreateSecretsManager().ListSecretsAsync(new ListSecretsRequest { IncludePlannedDeletion = true, MaxResults = 100 }, ct)).SecretList, secret => secret.Name),
    ];

    private static async Task<IEnumerable<string>> StateAsync(AwsSession session, string bucket, CancellationToken ct)
    {
        using var s3 = session.CreateS3();
        var versions = await s3.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, ct);
        return Lines("object", versions.Versions, version => $"{version.Key} {version.VersionId}");
    }

    private static IEnumerable<string> Lines<T>(string kind, IEnumerable<T>? things, Func<T, string?> name) =>
        (things ?? []).Select(thing => $"{kind} {name(thing)}");
}
