using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.IdentityManagement.Model;
using Mayfly.Aws.Protocols;
using Mayfly.Aws.ResourceGroupsTaggingAPI.Model;
using Mayfly.Aws.SecretsManager.Model;
using Filter = Amazon.EC2.Model.Filter;

namespace Mayfly.LocalCloud.Tests.Aws;

public sealed class MendTests(LocalAwsFixture cloud) : IClassFixture<LocalAwsFixture>, IDisposable
{
    private readonly AmazonEC2Client _ec2 = cloud.Aws.Session.CreateEc2();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_security_group_in_use_or_referenced_stays()
    {
        var (vpc, subnets) = await cloud.MakeVpcAsync(_ct);
        var used = await GroupAsync(vpc, "used");
        var named = await GroupAsync(vpc, "named");
        await _ec2.CreateNetworkInterfaceAsync(new CreateNetworkInterfaceRequest { SubnetId = subnets[0], Groups = [used] }, _ct);
        await _ec2.AuthorizeSecurityGroupIngressAsync(new AuthorizeSecurityGroupIngressRequest
        {
            GroupId = used,
            IpPermissions = [new IpPermission { IpProtocol = "tcp", FromPort = 1, ToPort = 1, UserIdGroupPairs = [new UserIdGroupPair { GroupId = named }] }],
        }, _ct);

        Assert.Equal("DependencyViolation", await CodeOf(() => _ec2.DeleteSecurityGroupAsync(new DeleteSecurityGroupRequest { GroupId = used }, _ct)));
        Assert.Equal("DependencyViolation", await CodeOf(() => _ec2.DeleteSecurityGroupAsync(new DeleteSecurityGroupRequest { GroupId = named }, _ct)));
        Assert.Equal("DependencyViolation", await CodeOf(() => _ec2.DeleteVpcAsync(new DeleteVpcRequest(vpc), _ct)));
    }

    [Fact]
    public async Task A_NAT_gateway_is_pending_available_deleting_deleted_and_gives_its_subnet_and_address_free()
    {
        var (_, subnets) = await cloud.MakeVpcAsync(_ct);
        var address = (await _ec2.AllocateAddressAsync(new AllocateAddressRequest { Domain = DomainType.Vpc }, _ct)).AllocationId;
        var made = (await _ec2.CreateNatGatewayAsync(new CreateNatGatewayRequest { SubnetId = subnets[0], AllocationId = address }, _ct)).NatGateway;
        Assert.Equal(NatGatewayState.Pending, made.State);
        Assert.Equal("available", (await StateAsync(made.NatGatewayId, "available")));
        Assert.Equal("InvalidIPAddress.InUse", await CodeOf(() => _ec2.ReleaseAddressAsync(new ReleaseAddressRequest { AllocationId = address }, _ct)));
        Assert.Equal("DependencyViolation", await CodeOf(() => _ec2.DeleteSubnetAsync(new DeleteSubnetRequest(subnets[0]), _ct)));

        await _ec2.DeleteNatGatewayAsync(new DeleteNatGatewayRequest { NatGatewayId = made.NatGatewayId }, _ct);
        Assert.Equal("deleting", (await StateAsync(made.NatGatewayId, "deleting")));
        Assert.Equal("deleted", (await StateAsync(made.NatGatewayId, "deleted")));

        await _ec2.ReleaseAddressAsync(new ReleaseAddressRequest { AllocationId = address }, _ct);
        await _ec2.DeleteSubnetAsync(new DeleteSubnetRequest(subnets[0]), _ct);
    }

    [Fact]
    public async Task A_load_balancer_blocks_its_subnets_and_a_little_longer()
    {
        var (vpc, subnets) = await cloud.MakeVpcAsync(_ct);
        var group = await GroupAsync(vpc, "lb");
        var elb = cloud.Aws.Session.CreateElasticLoadBalancingV2();
        var request = new CreateLoadBalancerRequest { Name = "blocker", Subnets = subnets, SecurityGroups = [group] };
        var balancer = (await elb.CreateLoadBalancerAsync(request, _ct)).LoadBalancers[0];
        var interfaces = (await _ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest
        {
            Filters = [new Filter("description", [$"ELB {balancer.LoadBalancerArn.Split(":loadbalancer/")[1]}"])],
        }, _ct)).NetworkInterfaces;
        var twice = await Assert.ThrowsAsync<AwsException>(() => elb.CreateLoadBalancerAsync(request, _ct));

        await elb.DeleteLoadBalancerAsync(new DeleteLoadBalancerRequest(balancer.LoadBalancerArn), _ct);
        var early = await CodeOf(() => _ec2.DeleteSubnetAsync(new DeleteSubnetRequest(subnets[0]), _ct));
        var later = await Wait.UntilAsync(() => CodeOf(() => _ec2.DeleteSubnetAsync(new DeleteSubnetRequest(subnets[0]), _ct)), code => code is null);

        Assert.Equal(2, interfaces.Count);
        Assert.Equal("DuplicateLoadBalancerName", twice.Code);
        Assert.Equal("DependencyViolation", early);
        Assert.Null(later);
    }

    [Fact]
    public async Task An_instance_takes_its_interface_with_it()
    {
        var (_, subnets) = await cloud.MakeVpcAsync(_ct);
        var run = await _ec2.RunInstancesAsync(
            new RunInstancesRequest { ImageId = "ami-12c6146b", MinCount = 1, MaxCount = 1, SubnetId = subnets[0] }, _ct);
        Assert.Equal("DependencyViolation", await CodeOf(() => _ec2.DeleteSubnetAsync(new DeleteSubnetRequest(subnets[0]), _ct)));

        await _ec2.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = [run.Reservation.Instances[0].InstanceId] }, _ct);

        Assert.Null(await CodeOf(() => _ec2.DeleteSubnetAsync(new DeleteSubnetRequest(subnets[0]), _ct)));
    }

    [Fact]
    public async Task A_secret_put_up_for_deletion_keeps_its_name_until_it_is_restored()
    {
        var secrets = cloud.Aws.Session.CreateSecretsManager();
        await secrets.CreateSecretAsync(new CreateSecretRequest { Name = "window" }, _ct);
        await secrets.DeleteSecretAsync(new DeleteSecretRequest("window") { RecoveryWindowInDays = 7 }, _ct);

        var create = await Assert.ThrowsAsync<AwsException>(() => secrets.CreateSecretAsync(new CreateSecretRequest { Name = "window" }, _ct));
        var put = await Assert.ThrowsAsync<AwsException>(
            () => secrets.PutSecretValueAsync(new PutSecretValueRequest { SecretId = "window", SecretString = "x" }, _ct));
        await secrets.RestoreSecretAsync(new RestoreSecretRequest("window"), _ct);
        await secrets.PutSecretValueAsync(new PutSecretValueRequest { SecretId = "window", SecretString = "x" }, _ct);

        Assert.Equal("InvalidRequestException", create.Code);
        Assert.Contains("scheduled for deletion", create.Message);
        Assert.Equal("InvalidRequestException", put.Code);
    }

    [Fact]
    public async Task An_attached_policy_is_not_deleted()
    {
        var iam = new AwsQueryClient(cloud.Aws.Session, AwsService.Iam, "2010-05-08");
        await cloud.MakeRoleAsync("holder", _ct);
        var policy = (await iam.CallAsync("CreatePolicy", new AwsParameters().Add("PolicyName", "held").Add("PolicyDocument",
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"""), _ct)).Element("Policy").Text("Arn")!;
        await iam.CallAsync("AttachRolePolicy", new AwsParameters().Add("RoleName", "holder").Add("PolicyArn", policy), _ct);
        var typed = cloud.Aws.Session.CreateIam();

        var error = await Assert.ThrowsAsync<AwsException>(() => typed.DeletePolicyAsync(new DeletePolicyRequest(policy), _ct));
        await typed.DetachRolePolicyAsync(new DetachRolePolicyRequest("holder", policy), _ct);
        await typed.DeletePolicyAsync(new DeletePolicyRequest(policy), _ct);

        Assert.Equal("DeleteConflict", error.Code);
    }

    [Fact]
    public async Task Addresses_route_tables_and_interfaces_are_found_by_tag_in_pages()
    {
        var (vpc, subnets) = await cloud.MakeVpcAsync(_ct);
        var address = (await _ec2.AllocateAddressAsync(new AllocateAddressRequest { Domain = DomainType.Vpc }, _ct)).AllocationId;
        var table = (await _ec2.CreateRouteTableAsync(new CreateRouteTableRequest { VpcId = vpc }, _ct)).RouteTable.RouteTableId;
        var face = (await _ec2.CreateNetworkInterfaceAsync(new CreateNetworkInterfaceRequest { SubnetId = subnets[0] }, _ct)).NetworkInterface;
        await _ec2.CreateTagsAsync(new CreateTagsRequest([vpc, address, table, face.NetworkInterfaceId], [new("sweep", "pr-9")]), _ct);
        var tagging = cloud.Aws.Session.CreateResourceGroupsTagging();

        List<string> arns = [];
        string? token = null;
        do
        {
            var page = await tagging.GetResourcesAsync(
                new GetResourcesRequest { TagFilters = [new TagFilter("sweep", ["pr-9"])], ResourcesPerPage = 3, PaginationToken = token }, _ct);
            arns.AddRange(page.ResourceTagMappingList.Select(resource => resource.ResourceARN!));
            token = page.PaginationToken;
        }
        while (!string.IsNullOrEmpty(token));

        Assert.Equal(
        [
            $"arn:aws:ec2:us-east-1:123456789012:elastic-ip/{address}",
            $"arn:aws:ec2:us-east-1:123456789012:network-interface/{face.NetworkInterfaceId}",
            $"arn:aws:ec2:us-east-1:123456789012:route-table/{table}", $"arn:aws:ec2:us-east-1:123456789012:vpc/{vpc}",
        ], arns);
    }

    [Fact]
    public async Task What_is_deleted_is_found_by_no_tag()
    {
        var (vpc, _) = await cloud.MakeVpcAsync(_ct);
        var table = (await _ec2.CreateRouteTableAsync(new CreateRouteTableRequest { VpcId = vpc }, _ct)).RouteTable.RouteTableId;
        var gateway = (await _ec2.CreateInternetGatewayAsync(new CreateInternetGatewayRequest(), _ct)).InternetGateway.InternetGatewayId;
        await _ec2.CreateTagsAsync(new CreateTagsRequest([table, gateway, vpc], [new("ghosts", "pr-3")]), _ct);
        await _ec2.DeleteRouteTableAsync(new DeleteRouteTableRequest { RouteTableId = table }, _ct);
        await _ec2.DeleteInternetGatewayAsync(new DeleteInternetGatewayRequest { InternetGatewayId = gateway }, _ct);

        var found = await cloud.Aws.Session.CreateResourceGroupsTagging().GetResourcesAsync(
            new GetResourcesRequest { TagFilters = [new TagFilter("ghosts", ["pr-3"])] }, _ct);
        var tags = await _ec2.DescribeTagsAsync(new Amazon.EC2.Model.DescribeTagsRequest { Filters = [new Filter("tag:ghosts", ["pr-3"])] }, _ct);

        Assert.Equal($"arn:aws:ec2:us-east-1:123456789012:vpc/{vpc}", Assert.Single(found.ResourceTagMappingList).ResourceARN);
        Assert.Equal(vpc, Assert.Single(tags.Tags).ResourceId);
    }

    [Fact]
    public async Task A_session_of_a_role_is_known_by_its_role()
    {
        var role = await cloud.MakeRoleAsync("visitor", _ct);
        using var sts = cloud.Aws.Session.CreateSts();
        var session = await sts.AssumeRoleAsync(new() { RoleArn = role, RoleSessionName = "test" }, _ct);

        var principal = cloud.Aws.Principals.Find(session.Credentials.AccessKeyId);
        var me = await sts.GetCallerIdentityAsync(new(), _ct);

        Assert.Equal(role, principal!.IamArn);
        Assert.Equal("arn:aws:iam::123456789012:user/local", me.Arn);
    }

    public void Dispose() => _ec2.Dispose();

    private async Task<string> GroupAsync(string vpc, string name) => (await _ec2.CreateSecurityGroupAsync(
        new CreateSecurityGroupRequest { VpcId = vpc, GroupName = name, Description = name }, _ct)).GroupId;

    private Task<string> StateAsync(string id, string wished) => Wait.UntilAsync(async () => (await _ec2.DescribeNatGatewaysAsync(
        new DescribeNatGatewaysRequest { NatGatewayIds = [id] }, _ct)).NatGateways[0].State.Value, state => state == wished, 5);

    private static async Task<string?> CodeOf(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (AmazonEC2Exception exception)
        {
            return exception.ErrorCode;
        }
    }
}
