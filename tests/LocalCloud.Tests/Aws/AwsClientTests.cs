using System.Net;
using Amazon.EC2.Model;
using Amazon.S3.Model;
using Mayfly.Aws;
using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.CloudWatchLogs.Model;
using Mayfly.Aws.EKS.Model;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.IdentityManagement.Model;
using Mayfly.Aws.Protocols;
using Mayfly.Aws.ResourceGroupsTaggingAPI.Model;
using Mayfly.Aws.Route53.Model;
using Mayfly.Aws.SecretsManager.Model;
using SecretTag = Mayfly.Aws.SecretsManager.Model.Tag;

namespace Mayfly.LocalCloud.Tests.Aws;

public sealed class AwsClientTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private readonly AwsSession _session = moto.Session;
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_written_read_listed_and_removed_for_good()
    {
        var secrets = _session.CreateSecretsManager();
        await secrets.CreateSecretAsync(new CreateSecretRequest { Name = "pr-1/a", SecretString = "{}", Tags = [new SecretTag("env", "pr-1")] }, _ct);
        await secrets.PutSecretValueAsync(new PutSecretValueRequest { SecretId = "pr-1/a", SecretString = """{"k":"v"}""" }, _ct);

        var value = await secrets.GetSecretValueAsync(new GetSecretValueRequest("pr-1/a"), _ct);
        var listed = await secrets.ListSecretsAsync(new ListSecretsRequest(), _ct);
        await secrets.DeleteSecretAsync(new DeleteSecretRequest("pr-1/a") { ForceDeleteWithoutRecovery = true }, _ct);
        var after = await AwsObservation.LookAsync(() => secrets.DescribeSecretAsync(new DescribeSecretRequest("pr-1/a"), _ct));

        Assert.Equal("""{"k":"v"}""", value.SecretString);
        Assert.DoesNotContain("\"v\"", value.ToString());
        Assert.Equal("pr-1", Assert.Single(listed.SecretList, secret => secret.Name == "pr-1/a").Tags![0].Value);
        Assert.IsType<AwsObservation<DescribeSecretResponse>.NotFound>(after);
    }

    [Fact]
    public async Task A_cluster_that_never_was_is_not_found_with_code_status_and_operation()
    {
        var error = await Assert.ThrowsAsync<AwsException>(() => _session.CreateEks().DescribeClusterAsync(new DescribeClusterRequest("none"), _ct));

        Assert.Equal("ResourceNotFoundException", error.Code);
        Assert.Equal(HttpStatusCode.NotFound, error.Status);
        Assert.Equal("DescribeCluster", error.Operation);
        Assert.True(error.IsNotFound);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task A_role_with_odd_characters_in_its_trust_policy_is_read_back()
    {
        var iam = new AwsQueryClient(_session, AwsService.Iam, "2010-05-08");
        await iam.CallAsync("CreateRole", new AwsParameters()
            .Add("RoleName", "role+1=@x").Add("AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":[]}""")
            .AddStructures("Tags.member", [("env", "a b&c")], (form, prefix, tag) =>
                form.Add($"{prefix}.Key", tag.Item1).Add($"{prefix}.Value", tag.Item2)), _ct);

        var role = await _session.CreateIam().GetRoleAsync(new GetRoleRequest("role+1=@x"), _ct);
        var missing = await Assert.ThrowsAsync<AwsException>(() => _session.CreateIam().GetRoleAsync(new GetRoleRequest("nobody"), _ct));

        Assert.Equal("a b&c", Assert.Single(role.Role.Tags).Value);
        Assert.Equal("NoSuchEntity", missing.Code);
        Assert.True(missing.IsNotFound);
    }

    [Fact]
    public async Task Records_of_a_zone_are_written_and_read()
    {
        var dns = _session.CreateRoute53();
        var zone = (await dns.CreateHostedZoneAsync(new CreateHostedZoneRequest("clients.test.", "1"), _ct)).HostedZone;
        var record = new ResourceRecordSet { Name = "a.clients.test.", Type = "TXT", TTL = 60, ResourceRecords = [new ResourceRecord("\"x=y\"")] };
        await dns.ChangeResourceRecordSetsAsync(new ChangeResourceRecordSetsRequest(zone.Id, new ChangeBatch([new Change("UPSERT", record)])), _ct);

        var records = await dns.ListResourceRecordSetsAsync(new ListResourceRecordSetsRequest(zone.Id), _ct);
        var zones = await dns.ListHostedZonesByNameAsync(new ListHostedZonesByNameRequest("clients.test."), _ct);

        var read = Assert.Single(records.ResourceRecordSets, set => set.Type == "TXT");
        Assert.Equal("\"x=y\"", Assert.Single(read.ResourceRecords).Value);
        Assert.Contains(zones.HostedZones, listed => listed.Id.EndsWith(zone.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_load_balancer_with_group_listener_and_rule_is_made_and_found_by_tag()
    {
        using var ec2 = _session.CreateEc2();
        var vpc = (await ec2.CreateVpcAsync(new CreateVpcRequest("10.7.0.0/16"), _ct)).Vpc.VpcId;
        var subnet = (await ec2.CreateSubnetAsync(new CreateSubnetRequest(vpc, "10.7.1.0/24"), _ct)).Subnet.SubnetId;
        var elb = _session.CreateElasticLoadBalancingV2();
        var made = (await elb.CreateLoadBalancerAsync(new CreateLoadBalancerRequest
        {
            Name = "lb1",
            Subnets = [subnet],
            Tags = [new("elbv2.k8s.aws/cluster", "pr-1")],
        }, _ct)).LoadBalancers[0];
        var group = (await elb.CreateTargetGroupAsync(new CreateTargetGroupRequest
        {
            Name = "tg1",
            Protocol = "HTTP",
            Port = 80,
            VpcId = vpc,
            TargetType = "ip",
        }, _ct)).TargetGroups[0];
        await elb.RegisterTargetsAsync(new RegisterTargetsRequest(group.TargetGroupArn, [new TargetDescription("10.7.1.5", 8080)]), _ct);
        var listener = (await elb.CreateListenerAsync(new CreateListenerRequest
        {
            LoadBalancerArn = made.LoadBalancerArn,
            Port = 80,
            Protocol = "HTTP",
            DefaultActions = [new() { Type = "fixed-response", FixedResponseConfig = new FixedResponseActionConfig("404") }],
        }, _ct)).Listeners[0];
        await elb.CreateRuleAsync(new CreateRuleRequest
        {
            ListenerArn = listener.ListenerArn,
            Priority = 1,
            Conditions = [new RuleCondition("host-header", ["a.test"]), new RuleCondition("path-pattern", ["/a", "/a/*"])],
            Actions = [new() { Type = "forward", TargetGroupArn = group.TargetGroupArn }],
        }, _ct);

        var rules = await elb.DescribeRulesAsync(new DescribeRulesRequest(listener.ListenerArn), _ct);
        var tags = await elb.DescribeTagsAsync(new Mayfly.Aws.ElasticLoadBalancingV2.Model.DescribeTagsRequest([made.LoadBalancerArn]), _ct);
        var found = await _session.CreateResourceGroupsTagging().GetResourcesAsync(
            new GetResourcesRequest { TagFilters = [new TagFilter("elbv2.k8s.aws/cluster", ["pr-1"])] }, _ct);

        var conditions = Assert.Single(rules.Rules, rule => !rule.IsDefault).Conditions;
        Assert.Equal(["a.test"], conditions[0].Values);
        Assert.Equal(["/a", "/a/*"], conditions[1].Values);
        Assert.Equal("pr-1", tags.TagDescriptions[0].Tags[0].Value);
        Assert.Contains(found.ResourceTagMappingList, resource => resource.ResourceARN == made.LoadBalancerArn);
    }

    [Fact]
    public async Task A_log_group_exists_until_it_is_deleted()
    {
        var logs = _session.CreateCloudWatchLogs();
        await logs.CreateLogGroupAsync(new CreateLogGroupRequest("/aws/eks/pr-1/cluster"), _ct);

        var there = await logs.DescribeLogGroupsAsync(new DescribeLogGroupsRequest { LogGroupNamePrefix = "/aws/eks/pr-1" }, _ct);
        await logs.DeleteLogGroupAsync(new DeleteLogGroupRequest("/aws/eks/pr-1/cluster"), _ct);
        var gone = await logs.DescribeLogGroupsAsync(new DescribeLogGroupsRequest { LogGroupNamePrefix = "/aws/eks/pr-1" }, _ct);

        Assert.Single(there.LogGroups);
        Assert.Empty(gone.LogGroups);
    }

    [Fact]
    public async Task A_certificate_is_requested_and_listed()
    {
        var acm = _session.CreateCertificateManager();
        var arn = (await acm.RequestCertificateAsync(new RequestCertificateRequest("*.clients.test"), _ct)).CertificateArn!;

        var listed = await acm.ListCertificatesAsync(new ListCertificatesRequest(), _ct);

        Assert.Contains(listed.CertificateSummaryList, certificate => certificate.CertificateArn == arn);
        Assert.Equal("*.clients.test", (await acm.DescribeCertificateAsync(new DescribeCertificateRequest(arn), _ct)).Certificate.DomainName);
    }

    [Fact]
    public async Task Errors_of_the_SDK_s_clients_read_the_same()
    {
        using var s3 = _session.CreateS3();
        using var ec2 = _session.CreateEc2();

        var object_ = await AwsObservation.LookAsync(() => s3.GetObjectMetadataAsync("no-such-bucket", "key", _ct));
        var vpc = await AwsObservation.LookAsync(() => ec2.DescribeVpcsAsync(new DescribeVpcsRequest { VpcIds = ["vpc-0123"] }, _ct));

        Assert.IsType<AwsObservation<GetObjectMetadataResponse>.NotFound>(object_);
        Assert.IsType<AwsObservation<DescribeVpcsResponse>.NotFound>(vpc);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_is_unknown_and_never_not_found()
    {
        var nobody = new AwsSession(moto.Session.Options with { Endpoint = new Uri("http://127.0.0.1:9/"), MaxAttempts = 2 });

        var seen = await AwsObservation.LookAsync(() => nobody.CreateEks().DescribeClusterAsync(new DescribeClusterRequest("pr-1"), _ct));

        var unknown = Assert.IsType<AwsObservation<DescribeClusterResponse>.Unknown>(seen);
        Assert.True(unknown.Cause.IsTransient);
        Assert.Equal(2, unknown.Cause.Attempts);
    }
}
