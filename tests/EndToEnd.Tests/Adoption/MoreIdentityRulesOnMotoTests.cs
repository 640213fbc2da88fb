using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Tools;

namespace Mayfly.EndToEnd.Tests.Adoption;

/// <summary>The identity rules against moto's APIs, for what stands around a cluster: each kind is made, and found by its planned attributes.</summary>
public sealed class MoreIdentityRulesOnMotoTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const string Tags = """{"mayfly:environment":"pr-52","Name":"thing"}""";
    private const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Principal":"*"}]}""";
    private static readonly Dictionary<string, string> Names = new() { ["env"] = "pr-52", ["account"] = "123456789012", ["region"] = "us-east-1", ["partition"] = "aws" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AwsQuestions Aws => new(moto.Session);

    [Fact]
    public async Task Machines_and_what_they_need_are_found_by_their_tags_and_names()
    {
        var vpc = await IdAsync("ec2", "CreateVpc", "vpc.vpcId", ("CidrBlock", "10.52.0.0/16"));
        var subnet = await IdAsync("ec2", "CreateSubnet", "subnet.subnetId", ("VpcId", vpc), ("CidrBlock", "10.52.1.0/24"));
        var group = await IdAsync("ec2", "CreateSecurityGroup", "groupId", ("GroupName", "pr-52-sg"), ("GroupDescription", "x"), ("VpcId", vpc));
        await AskAsync("ec2", "AuthorizeSecurityGroupEgress", ("GroupId", group), ("IpPermissions.1.IpProtocol", "tcp"), ("IpPermissions.1.FromPort", "5432"), ("IpPermissions.1.ToPort", "5432"), ("IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"));
        var acl = await IdAsync("ec2", "CreateNetworkAcl", "networkAcl.networkAclId", [("VpcId", vpc), .. Tagged("network-acl")]);
        var endpoint = await IdAsync("ec2", "CreateVpcEndpoint", "vpcEndpoint.vpcEndpointId", [("VpcId", vpc), ("ServiceName", "com.amazonaws.us-east-1.s3"), .. Tagged("vpc-endpoint")]);
        var face = await IdAsync("ec2", "CreateNetworkInterface", "networkInterface.networkInterfaceId", [("SubnetId", subnet), .. Tagged("network-interface")]);
        var volume = await IdAsync("ec2", "CreateVolume", "volumeId", [("AvailabilityZone", "us-east-1a"), ("Size", "1"), .. Tagged("volume")]);
        var template = await IdAsync("ec2", "CreateLaunchTemplate", "launchTemplate.launchTemplateId", ("LaunchTemplateName", "pr-52-nodes"), ("LaunchTemplateData.InstanceType", "t3.small"));
        var options = await IdAsync("ec2", "CreateDhcpOptions", "dhcpOptions.dhcpOptionsId", [("DhcpConfiguration.1.Key", "domain-name"), ("DhcpConfiguration.1.Value.1", "x.internal")]);
        // moto takes no tags with these options, so they get theirs afterwards.
        await AskAsync("ec2", "CreateTags", ("ResourceId.1", options), ("Tag.1.Key", "mayfly:environment"), ("Tag.1.Value", "pr-52"), ("Tag.2.Key", "Name"), ("Tag.2.Value", "thing"));
        var egress = await IdAsync("ec2", "CreateEgressOnlyInternetGateway", "egressOnlyInternetGateway.egressOnlyInternetGatewayId", [("VpcId", vpc), .. Tagged("egress-only-internet-gateway")]);
        await AskAsync("ec2", "CreateKeyPair", ("KeyName", "pr-52-key"));
        var image = (await AskAsync("ec2", "DescribeImages")).Select("imagesSet.item.imageId").First().Text!;
        var machine = await IdAsync("ec2", "RunInstances", "instancesSet.item.instanceId", [("ImageId", image), ("MinCount", "1"), ("MaxCount", "1"), ("SubnetId", subnet), .. Tagged("instance")]);
        await AskAsync("autoscaling", "CreateAutoScalingGroup", ("AutoScalingGroupName", "pr-52-nodes"), ("MinSize", "0"), ("MaxSize", "0"), ("LaunchTemplate.LaunchTemplateId", template), ("VPCZoneIdentifier", subnet));

        await FindsAsync("aws_vpc_security_group_egress_rule", $$"""{"security_group_id":"{{group}}","ip_protocol":"tcp","from_port":5432,"to_port":5432,"cidr_ipv4":"10.0.0.0/8"}""", "sgr-[0-9a-f]+");
        await FindsAsync("aws_network_acl", $$"""{"vpc_id":"{{vpc}}","tags_all":{{Tags}}}""", acl);
        await FindsAsync("aws_vpc_endpoint", $$"""{"vpc_id":"{{vpc}}","service_name":"com.amazonaws.us-east-1.s3","tags_all":{{Tags}}}""", endpoint);
        await FindsAsync("aws_network_interface", $$"""{"subnet_id":"{{subnet}}","tags_all":{{Tags}}}""", face);
        await FindsAsync("aws_ebs_volume", $$"""{"availability_zone":"us-east-1a","tags_all":{{Tags}}}""", volume);
        await FindsAsync("aws_launch_template", """{"name":"pr-52-nodes"}""", template);
        await FindsAsync("aws_vpc_dhcp_options", $$"""{"tags_all":{{Tags}}}""", options);
        await FindsAsync("aws_egress_only_internet_gateway", $$"""{"vpc_id":"{{vpc}}","tags_all":{{Tags}}}""", egress);
        await FindsAsync("aws_key_pair", """{"key_name":"pr-52-key"}""", "pr-52-key");
        await FindsAsync("aws_instance", $$"""{"tags_all":{{Tags}}}""", machine);
        await FindsAsync("aws_autoscaling_group", """{"name":"pr-52-nodes"}""", "pr-52-nodes");
    }

    [Fact]
    public async Task People_events_and_dashboards_are_found_by_their_names()
    {
        await AskAsync("iam", "CreateUser", ("UserName", "pr-52-ci"));
        await AskAsync("iam", "CreateGroup", ("GroupName", "pr-52-people"));
        var policy = await IdAsync("iam", "CreatePolicy", "Policy.Arn", ("PolicyName", "pr-52-ci"), ("PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"""));
        await AskAsync("iam", "AttachUserPolicy", ("UserName", "pr-52-ci"), ("PolicyArn", policy));
        await AskJsonAsync("events", "PutRule", """{"Name":"pr-52-nightly","ScheduleExpression":"rate(1 day)"}""");
        await AskJsonAsync("events", "PutTargets", """{"Rule":"pr-52-nightly","Targets":[{"Id":"job","Arn":"arn:aws:sqs:us-east-1:123456789012:x"}]}""");
        await AskAsync("cloudwatch", "PutDashboard", ("DashboardName", "pr-52"), ("DashboardBody", "{}"));
        var topic = await IdAsync("sns", "CreateTopic", "TopicArn", ("Name", "pr-52-events"));
        var subscription = await IdAsync("sns", "Subscribe", "SubscriptionArn", ("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", "arn:aws:sqs:us-east-1:123456789012:x"));
        var certificate = (await AskJsonAsync("acm", "RequestCertificate", """{"DomainName":"pr-52.example.org","ValidationMethod":"DNS"}""")).Select("CertificateArn").Single().Text!;

        await FindsAsync("aws_iam_user", """{"name":"pr-52-ci"}""", "pr-52-ci");
        await FindsAsync("aws_iam_group", """{"name":"pr-52-people"}""", "pr-52-people");
        await FindsAsync("aws_iam_user_policy_attachment", $$"""{"user":"pr-52-ci","policy_arn":"{{policy}}"}""", $"pr-52-ci/{policy}");
        await FindsAsync("aws_cloudwatch_event_rule", """{"name":"pr-52-nightly","event_bus_name":"default"}""", "default/pr-52-nightly");
        await FindsAsync("aws_cloudwatch_event_target", """{"rule":"pr-52-nightly","event_bus_name":"default","target_id":"job"}""", "default/pr-52-nightly/job");
        await FindsAsync("aws_cloudwatch_dashboard", """{"dashboard_name":"pr-52"}""", "pr-52");
        await FindsAsync("aws_sns_topic_subscription", $$"""{"topic_arn":"{{topic}}","protocol":"sqs","endpoint":"arn:aws:sqs:us-east-1:123456789012:x"}""", subscription);
        await FindsAsync("aws_acm_certificate", """{"domain_name":"pr-52.example.org"}""", certificate);
    }

    [Fact]
    public async Task What_a_bucket_and_a_registry_are_told_is_found_by_them()
    {
        var s3 = new AwsRestXmlClient(moto.Session, AwsService.S3);
        await s3.SendAsync("CreateBucket", HttpMethod.Put, "/pr-52-assets", ct: Ct);
        await PutAsync("versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
        await PutAsync("publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>");
        await PutAsync("encryption", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>");
        await PutAsync("lifecycle", "<LifecycleConfiguration><Rule><ID>old</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter><Expiration><Days>7</Days></Expiration></Rule></LifecycleConfiguration>");
        await PutAsync("ownershipControls", "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>");
        await AskJsonAsync("ecr", "CreateRepository", """{"repositoryName":"pr-52/app"}""");
        await AskJsonAsync("ecr", "PutLifecyclePolicy", """{"repositoryName":"pr-52/app","lifecyclePolicyText":"{\"rules\":[{\"rulePriority\":1,\"selection\":{\"tagStatus\":\"any\",\"countType\":\"imageCountMoreThan\",\"countNumber\":5},\"action\":{\"type\":\"expire\"}}]}"}""");
        await AskJsonAsync("ecr", "SetRepositoryPolicy", new JsonObject { ["repositoryName"] = "pr-52/app", ["policyText"] = Policy }.ToJsonString());

        foreach (var type in (string[])["versioning", "public_access_block", "server_side_encryption_configuration", "lifecycle_configuration", "ownership_controls"])
        {
            await FindsAsync($"aws_s3_bucket_{type}", """{"bucket":"pr-52-assets"}""", "pr-52-assets");
        }

        await FindsAsync("aws_ecr_lifecycle_policy", """{"repository":"pr-52/app"}""", "pr-52/app");
        await FindsAsync("aws_ecr_repository_policy", """{"repository":"pr-52/app"}""", "pr-52/app");

        async Task PutAsync(string what, string body) => await s3.SendAsync("PutBucketSetting", HttpMethod.Put, "/pr-52-assets", System.Xml.Linq.XElement.Parse(body), [new(what, "")], Ct);
    }

    [Fact]
    public async Task Data_stores_and_the_parts_of_a_cluster_are_found_by_their_names()
    {
        var vpc = await IdAsync("ec2", "CreateVpc", "vpc.vpcId", ("CidrBlock", "10.53.0.0/16"));
        var one = await IdAsync("ec2", "CreateSubnet", "subnet.subnetId", ("VpcId", vpc), ("CidrBlock", "10.53.1.0/24"), ("AvailabilityZone", "us-east-1a"));
        var two = await IdAsync("ec2", "CreateSubnet", "subnet.subnetId", ("VpcId", vpc), ("CidrBlock", "10.53.2.0/24"), ("AvailabilityZone", "us-east-1b"));
        await AskAsync("rds", "CreateDBSubnetGroup", ("DBSubnetGroupName", "pr-52-db"), ("DBSubnetGroupDescription", "x"), ("SubnetIds.SubnetIdentifier.1", one), ("SubnetIds.SubnetIdentifier.2", two));
        await AskAsync("rds", "CreateDBParameterGroup", ("DBParameterGroupName", "pr-52-db"), ("DBParameterGroupFamily", "postgres15"), ("Description", "x"));
        await AskAsync("rds", "CreateDBCluster", ("DBClusterIdentifier", "pr-52-aurora"), ("Engine", "aurora-postgresql"), ("MasterUsername", "u"), ("MasterUserPassword", "passpasspass"));
        await AskAsync("rds", "CreateDBInstance", ("DBInstanceIdentifier", "pr-52-aurora-1"), ("Engine", "aurora-postgresql"), ("DBInstanceClass", "db.t3.medium"), ("DBClusterIdentifier", "pr-52-aurora"));
        await AskAsync("elasticache", "CreateCacheSubnetGroup", ("CacheSubnetGroupName", "pr-52-redis"), ("CacheSubnetGroupDescription", "x"), ("SubnetIds.SubnetIdentifier.1", one));
        await AskAsync("elasticache", "CreateCacheCluster", ("CacheClusterId", "pr-52-redis"), ("Engine", "redis"), ("CacheNodeType", "cache.t3.micro"), ("NumCacheNodes", "1"));
        await AskAsync("elasticache", "CreateReplicationGroup", ("ReplicationGroupId", "pr-52-group"), ("ReplicationGroupDescription", "x"), ("Engine", "redis"), ("CacheNodeType", "cache.t3.micro"), ("NumCacheClusters", "1"));
        var balancer = await IdAsync("elbv2", "CreateLoadBalancer", "LoadBalancers.member.LoadBalancerArn", ("Name", "pr-52-web"), ("Subnets.member.1", one), ("Subnets.member.2", two));
        var target = await IdAsync("elbv2", "CreateTargetGroup", "TargetGroups.member.TargetGroupArn", ("Name", "pr-52-web"), ("Protocol", "HTTP"), ("Port", "80"), ("VpcId", vpc));
        var listener = await IdAsync("elbv2", "CreateListener", "Listeners.member.ListenerArn", ("LoadBalancerArn", balancer), ("Protocol", "HTTP"), ("Port", "80"), ("DefaultActions.member.1.Type", "forward"), ("DefaultActions.member.1.TargetGroupArn", target));
        var rule = await IdAsync("elbv2", "CreateRule", "Rules.member.RuleArn", ("ListenerArn", listener), ("Priority", "7"), ("Conditions.member.1.Field", "path-pattern"), ("Conditions.member.1.Values.member.1", "/x"), ("Actions.member.1.Type", "forward"), ("Actions.member.1.TargetGroupArn", target));
        var eks = new AwsRestJsonClient(moto.Session, AwsService.Eks);
        await eks.CallAsync("CreateCluster", HttpMethod.Post, "/clusters", (JsonObject)JsonNode.Parse("""{"name":"pr-52","roleArn":"arn:aws:iam::123456789012:role/x","resourcesVpcConfig":{"subnetIds":[]}}""")!, ct: Ct);
        await eks.CallAsync("CreateNodegroup", HttpMethod.Post, "/clusters/pr-52/node-groups", (JsonObject)JsonNode.Parse("""{"nodegroupName":"pr-52-nodes","nodeRole":"arn:aws:iam::123456789012:role/x","subnets":[]}""")!, ct: Ct);
        await eks.CallAsync("CreateFargateProfile", HttpMethod.Post, "/clusters/pr-52/fargate-profiles", (JsonObject)JsonNode.Parse("""{"fargateProfileName":"pr-52-jobs","podExecutionRoleArn":"arn:aws:iam::123456789012:role/x","selectors":[{"namespace":"jobs"}]}""")!, ct: Ct);

        await FindsAsync("aws_db_subnet_group", """{"name":"pr-52-db"}""", "pr-52-db");
        await FindsAsync("aws_db_parameter_group", """{"name":"pr-52-db"}""", "pr-52-db");
        await FindsAsync("aws_rds_cluster", """{"cluster_identifier":"pr-52-aurora"}""", "pr-52-aurora");
        await FindsAsync("aws_rds_cluster_instance", """{"identifier":"pr-52-aurora-1"}""", "pr-52-aurora-1");
        await FindsAsync("aws_elasticache_subnet_group", """{"name":"pr-52-redis"}""", "pr-52-redis");
        await FindsAsync("aws_elasticache_cluster", """{"cluster_id":"pr-52-redis"}""", "pr-52-redis");
        await FindsAsync("aws_elasticache_replication_group", """{"replication_group_id":"pr-52-group"}""", "pr-52-group");
        await FindsAsync("aws_lb_listener_rule", $$"""{"listener_arn":"{{listener}}","priority":7}""", rule);
        await FindsAsync("aws_eks_node_group", """{"cluster_name":"pr-52","node_group_name":"pr-52-nodes"}""", "pr-52:pr-52-nodes");
        await FindsAsync("aws_eks_fargate_profile", """{"cluster_name":"pr-52","fargate_profile_name":"pr-52-jobs"}""", "pr-52:pr-52-jobs");
    }

    private async Task FindsAsync(string type, string planned, string id)
    {
        var plan = Plan.Read("plan", [], Encoding.UTF8.GetBytes(
            $$$$"""{"resource_changes":[{"address":"{{{{type}}}}.x","type":"{{{{type}}}}","change":{"actions":["create"],"after":{{{{planned}}}},"after_unknown":{}}}]}"""));
        var found = await new OrphanSearch(new IdentityRules([]), Aws.AskAsync, null, Names).LookAsync(plan, Ct);

        Assert.Empty(found.Doubts.Select(doubt => $"{type}: {doubt.Question} {doubt.Cause?.Code} {doubt.Cause?.Message} {doubt.Matches}"));
        Assert.Empty(found.Strangers);
        Assert.True(found.Orphans.Count == 1, $"{type} was not found");
        Assert.Matches($"^(?:{id}|{System.Text.RegularExpressions.Regex.Escape(id)})$", found.Orphans[0].ImportId);
    }

    private Task<Reply> AskAsync(string service, string operation, params (string Name, string Value)[] input) =>
        Aws.AskAsync(new Question(service, operation, "/", [], [.. input.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Name, pair.Value))]), Ct);

    private Task<Reply> AskJsonAsync(string service, string operation, string input) =>
        Aws.AskAsync(new Question(service, operation, "/", [], [.. ((JsonObject)JsonNode.Parse(input)!).Select(pair => KeyValuePair.Create(pair.Key, pair.Value))]), Ct);

    private async Task<string> IdAsync(string service, string operation, string path, params (string Name, string Value)[] input) =>
        (await AskAsync(service, operation, input)).Select(path).First().Text!;

    private static (string, string)[] Tagged(string kind) =>
    [
        ("TagSpecification.1.ResourceType", kind),
        ("TagSpecification.1.Tag.1.Key", "mayfly:environment"),
        ("TagSpecification.1.Tag.1.Value", "pr-52"),
        ("TagSpecification.1.Tag.2.Key", "Name"),
        ("TagSpecification.1.Tag.2.Value", "thing"),
    ];
}
