using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Mayfly.Aws;
using Mayfly.Aws.IdentityManagement;
using Mayfly.Aws.IdentityManagement.Model;
using Tag = Amazon.EC2.Model.Tag;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>What a cluster has in the VPC: its security group and the interfaces of its control plane. They block what they stand in.</summary>
internal sealed class EksNetwork(EksOptions options, Lock gate) : IDisposable
{
    private readonly AmazonEC2Client _ec2 = options.Moto.CreateEc2();
    private readonly AmazonIdentityManagementServiceClient _iam = options.Moto.CreateIam();

    public async Task CheckRoleAsync(string arn, CancellationToken ct)
    {
        var role = await AwsObservation.LookAsync(() => _iam.GetRoleAsync(new GetRoleRequest(arn[(arn.LastIndexOf('/') + 1)..]), ct));
        if (role is AwsObservation<GetRoleResponse>.NotFound)
        {
            throw EksError.InvalidParameter($"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not correct");
        }
    }

    /// <summary>Checks that subnets exist and lie in two zones.</summary>
    /// <returns>Their VPC.</returns>
    public async Task<string> CheckSubnetsAsync(List<string> ids, CancellationToken ct)
    {
        var subnets = await SubnetsAsync(ids, ct);
        return subnets.Select(subnet => subnet.AvailabilityZone).Distinct().Count() < 2
            ? throw EksError.InvalidParameter("Subnets specified must be in at least two different AZs")
            : subnets[0].VpcId;
    }

    public async Task<List<Subnet>> SubnetsAsync(List<string> ids, CancellationToken ct)
    {
        try
        {
            return ids.Count == 0 ? [] : (await _ec2.DescribeSubnetsAsync(new DescribeSubnetsRequest { SubnetIds = ids }, ct)).Subnets;
        }
        catch (AmazonServiceException exception) when (AwsException.From(exception)!.IsNotFound)
        {
            throw EksError.InvalidParameter(exception.Message);
        }
    }

    public async Task AttachAsync(EksCluster cluster, string vpc, CancellationToken ct)
    {
        var config = cluster.Document.Obj("resourcesVpcConfig")!;
        List<Tag> tags =
        [
            new Tag("aws:eks:cluster-name", cluster.Name), new Tag($"kubernetes.io/cluster/{cluster.Name}", "owned"),
        ];
        var group = await _ec2.CreateSecurityGroupAsync(new CreateSecurityGroupRequest
        {
            GroupName = $"eks-cluster-sg-{cluster.Name}-{Random.Shared.Next(100_000_000, 999_999_999)}",
            Description = "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
                + "as well as any managed workloads.",
            VpcId = vpc,
            TagSpecifications = [new TagSpecification { ResourceType = ResourceType.SecurityGroup, Tags = tags }],
        }, ct);
        lock (gate)
        {
            config["clusterSecurityGroupId"] = group.GroupId;
        }

        foreach (var subnet in config.Strings("subnetIds").Take(2))
        {
            var made = await _ec2.CreateNetworkInterfaceAsync(new CreateNetworkInterfaceRequest
            {
                SubnetId = subnet,
                Groups = [group.GroupId, .. config.Strings("securityGroupIds")],
                Description = $"Amazon EKS {cluster.Name}",
            }, ct);
            cluster.Interfaces.Add(made.NetworkInterface.NetworkInterfaceId);
        }
    }

    public async Task DetachAsync(EksCluster cluster, CancellationToken ct)
    {
        foreach (var id in cluster.Interfaces)
        {
            await IfThereAsync(() => _ec2.DeleteNetworkInterfaceAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = id }, ct));
        }

        if (cluster.Document.Obj("resourcesVpcConfig").Str("clusterSecurityGroupId") is { } group && !await IsUsedAsync(group, ct))
        {
            await IfThereAsync(() => _ec2.DeleteSecurityGroupAsync(new DeleteSecurityGroupRequest { GroupId = group }, ct));
        }
    }

    // EKS leaves its security group behind when something still uses it.
    private async Task<bool> IsUsedAsync(string group, CancellationToken ct) =>
        (await _ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest
        {
            Filters = [new Filter("group-id", [group])],
        }, ct)).NetworkInterfaces is { Count: > 0 };

    private static async Task IfThereAsync(Func<Task> delete)
    {
        try
        {
            await delete();
        }
        catch (AmazonServiceException exception) when (AwsException.From(exception)!.IsNotFound)
        {
            // Somebody deleted it by hand.
        }
    }

    public void Dispose() => _ec2.Dispose();
}
