using System.Text.Json.Nodes;
using System.Xml.Linq;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;
using Mayfly.Engine.Adoption;
using Mayfly.LocalCloud.Tests.Charts;
using Mayfly.LocalCloud.Tests.Kubernetes.Api;

namespace Mayfly.LocalCloud.Tests.Adoption;

/// <summary>Makes what the root of every type calls "there", by the APIs alone, and notes by which id each has to be imported.</summary>
internal sealed class EveryTypeWorld(AwsSession session, ApiFixture api, CancellationToken ct)
{
    private const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Principal":"*"}]}""";
    private const string Network = "module.stack[\"a.b\"].module.network[0].", Names = "module.stack[\"a.b\"].module.names[\"x y\"].", Cluster = "module.stack[\"a.b\"].module.cluster.";
    private const string There = "\"there\"", Account = "123456789012";

    private readonly AwsQuestions _aws = new(session);

    /// <summary>Import ids by address.</summary>
    public Dictionary<string, string> Expected { get; } = new(StringComparer.Ordinal);

    public async Task MakeAsync()
    {
        var (vpc, subnets) = await MakeNetworkAsync();
        await MakeBalancersAsync(vpc, subnets);
        await MakeIdentitiesAsync();
        await MakeStorageAsync();
        await MakeNamedAsync();
        await MakeDatabasesAsync(subnets);
        await MakeEksAsync(subnets);
        await MakeObjectsAsync();
    }

    private async Task<(string Vpc, string[] Subnets)> MakeNetworkAsync()
    {
        var vpc = await EC2Async("CreateVpc", "vpc.vpcId", "vpc", ("CidrBlock", "10.1.0.0/16"));
        var subnet = await EC2Async("CreateSubnet", "subnet.subnetId", "subnet", ("VpcId", vpc), ("CidrBlock", "10.1.1.0/24"), ("AvailabilityZone", "us-east-1a"));
        // Somebody else's, and not where the plan would put one.
        var other = await IdAsync("ec2", "CreateSubnet", "subnet.subnetId", ("VpcId", vpc), ("CidrBlock", "10.1.9.0/24"), ("AvailabilityZone", "us-east-1b"));
        var gateway = await EC2Async("CreateInternetGateway", "internetGateway.internetGatewayId", "internet-gateway");
        var egress = await EC2Async("CreateEgressOnlyInternetGateway", "egressOnlyInternetGateway.egressOnlyInternetGatewayId", "egress-only-internet-gateway", ("VpcId", vpc));
        var address = await EC2Async("AllocateAddress", "allocationId", "elastic-ip", ("Domain", "vpc"));
        var nat = await EC2Async("CreateNatGateway", "natGateway.natGatewayId", "natgateway", ("SubnetId", subnet), ("AllocationId", address));
        var table = await EC2Async("CreateRouteTable", "routeTable.routeTableId", "route-table", ("VpcId", vpc));
        await AskAsync("ec2", "AttachInternetGateway", ("VpcId", vpc), ("InternetGatewayId", gateway));
        await AskAsync("ec2", "CreateRoute", ("RouteTableId", table), ("DestinationCidrBlock", "0.0.0.0/0"), ("GatewayId", gateway));
        await AskAsync("ec2", "AssociateRouteTable", ("RouteTableId", table), ("SubnetId", subnet));
        var group = await EC2Async("CreateSecurityGroup", "groupId", "security-group", ("GroupName", "there"), ("GroupDescription", "Managed by Terraform"), ("VpcId", vpc));
        var ingress = await IdAsync("ec2", "AuthorizeSecurityGroupIngress", "securityGroupRuleSet.item.securityGroupRuleId", Rule(group, "443"));
        var outgoing = await IdAsync("ec2", "AuthorizeSecurityGroupEgress", "securityGroupRuleSet.item.securityGroupRuleId", Rule(group, "5432"));
        var template = await IdAsync("ec2", "CreateLaunchTemplate", "launchTemplate.launchTemplateId", ("LaunchTemplateName", "pr-42-0"), ("LaunchTemplateData.InstanceType", "t3.small"));
        await AskAsync("ec2", "CreateKeyPair", ("KeyName", "pr-42-0"));
        var options = await IdAsync("ec2", "CreateDhcpOptions", "dhcpOptions.dhcpOptionsId", ("DhcpConfiguration.1.Key", "domain-name"), ("DhcpConfiguration.1.Value.1", "x.internal"));
        // moto takes no tags with these, so they get theirs afterwards.
        await AskAsync("ec2", "CreateTags", ("ResourceId.1", options), ("Tag.1.Key", "mayfly:environment"), ("Tag.1.Value", "pr-42"), ("Tag.2.Key", "Name"), ("Tag.2.Value", "there"));
        var image = (await AskAsync("ec2", "DescribeImages")).Select("imagesSet.item.imageId").First().Text!;
        await new AwsRestXmlClient(session, AwsService.S3).SendAsync("CreateBucket", HttpMethod.Put, "/pr-42-0", ct: ct);

        Expect(Network, "aws_vpc", There, vpc);
        Expect(Network, "aws_subnet", There, subnet);
        Expect(Network, "aws_internet_gateway", There, gateway);
        Expect(Network, "aws_egress_only_internet_gateway", There, egress);
        Expect(Network, "aws_eip", There, address);
        Expect(Network, "aws_nat_gateway", There, nat);
        Expect(Network, "aws_route_table", There, table);
        Expect(Network, "aws_route", There, $"{table}_0.0.0.0/0");
        Expect(Network, "aws_route_table_association", There, $"{subnet}/{table}");
        Expect(Network, "aws_security_group", There, group);
        Expect(Network, "aws_vpc_security_group_ingress_rule", "0", ingress);
        Expect(Network, "aws_vpc_security_group_egress_rule", "0", outgoing);
        Expect(Network, "aws_launch_template", "0", template);
        Expect(Network, "aws_key_pair", "0", "pr-42-0");
        Expect(Network, "aws_vpc_dhcp_options", There, options);
        Expect(Network, "aws_network_acl", There, await EC2Async("CreateNetworkAcl", "networkAcl.networkAclId", "network-acl", ("VpcId", vpc)));
        Expect(Network, "aws_vpc_endpoint", There, await EC2Async("CreateVpcEndpoint", "vpcEndpoint.vpcEndpointId", "vpc-endpoint", ("VpcId", vpc), ("ServiceName", "com.amazonaws.us-east-1.s3")));
        Expect(Network, "aws_network_interface", There, await EC2Async("CreateNetworkInterface", "networkInterface.networkInterfaceId", "network-interface", ("SubnetId", subnet)));
        Expect(Network, "aws_instance", There, await EC2Async("RunInstances", "instancesSet.item.instanceId", "instance", ("ImageId", image), ("MinCount", "1"), ("MaxCount", "1"), ("SubnetId", subnet)));
        Expect(Network, "aws_ebs_volume", There, await EC2Async("CreateVolume", "volumeId", "volume", ("AvailabilityZone", "us-east-1a"), ("Size", "1")));
        Expect(Network, "aws_flow_log", There, await EC2Async("CreateFlowLogs", "flowLogIdSet.item", "vpc-flow-log", ("ResourceId.1", vpc), ("ResourceType", "VPC"), ("TrafficType", "ALL"), ("LogDestinationType", "s3"), ("LogDestination", "arn:aws:s3:::pr-42-0")));
        return (vpc, [subnet, other]);
    }

    private async Task MakeBalancersAsync(string vpc, string[] subnets)
    {
        var template = Expected[$"{Network}aws_launch_template.this[0]"];
        await AskAsync("autoscaling", "CreateAutoScalingGroup", ("AutoScalingGroupName", "pr-42-0"), ("MinSize", "0"), ("MaxSize", "0"), ("LaunchTemplate.LaunchTemplateId", template), ("VPCZoneIdentifier", subnets[0]));
        var balancer = await IdAsync("elbv2", "CreateLoadBalancer", "LoadBalancers.member.LoadBalancerArn", ("Name", "pr-42-0"), ("Subnets.member.1", subnets[0]), ("Subnets.member.2", subnets[1]));
        var target = await IdAsync("elbv2", "CreateTargetGroup", "TargetGroups.member.TargetGroupArn", ("Name", "pr-42-0"), ("Protocol", "HTTP"), ("Port", "80"), ("VpcId", vpc));
        var listener = await IdAsync("elbv2", "CreateListener", "Listeners.member.ListenerArn", ("LoadBalancerArn", balancer), ("Protocol", "HTTP"), ("Port", "80"), ("DefaultActions.member.1.Type", "forward"), ("DefaultActions.member.1.TargetGroupArn", target));
        Expect(Network, "aws_autoscaling_group", "0", "pr-42-0");
        Expect(Network, "aws_lb", "0", balancer);
        Expect(Network, "aws_lb_target_group", "0", target);
        Expect(Network, "aws_lb_listener", "0", listener);
        Expect(Network, "aws_lb_listener_rule", "0", await IdAsync("elbv2", "CreateRule", "Rules.member.RuleArn", ("ListenerArn", listener), ("Priority", "7"), ("Conditions.member.1.Field", "path-pattern"), ("Conditions.member.1.Values.member.1", "/x"), ("Actions.member.1.Type", "forward"), ("Actions.member.1.TargetGroupArn", target)));
    }

    private async Task MakeIdentitiesAsync()
    {
        const string Document = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}""";
        await AskAsync("iam", "CreateRole", ("RoleName", "pr-42-0"), ("AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":[]}"""));
        var policy = await IdAsync("iam", "CreatePolicy", "Policy.Arn", ("PolicyName", "pr-42-0"), ("PolicyDocument", Document));
        await AskAsync("iam", "AttachRolePolicy", ("RoleName", "pr-42-0"), ("PolicyArn", policy));
        await AskAsync("iam", "PutRolePolicy", ("RoleName", "pr-42-0"), ("PolicyName", "inline-0"), ("PolicyDocument", Document));
        await AskAsync("iam", "CreateInstanceProfile", ("InstanceProfileName", "pr-42-0"));
        await AskAsync("iam", "CreateUser", ("UserName", "pr-42-0"));
        await AskAsync("iam", "CreateGroup", ("GroupName", "pr-42-0"));
        await AskAsync("iam", "AttachUserPolicy", ("UserName", "pr-42-0"), ("PolicyArn", policy));
        ExpectNamed("aws_iam_role", "aws_iam_instance_profile", "aws_iam_user", "aws_iam_group");
        Expect(Names, "aws_iam_policy", "0", policy);
        Expect(Names, "aws_iam_role_policy", "0", "pr-42-0:inline-0");
        Expect(Names, "aws_iam_role_policy_attachment", "0", $"pr-42-0/{policy}");
        Expect(Names, "aws_iam_user_policy_attachment", "0", $"pr-42-0/{policy}");
        Expect(Names, "aws_iam_openid_connect_provider", "0", await IdAsync("iam", "CreateOpenIDConnectProvider", "OpenIDConnectProviderArn", ("Url", "https://oidc.example.org/id/0"), ("ThumbprintList.member.1", new string('a', 40))));
    }

    private async Task MakeStorageAsync()
    {
        await PutAsync("versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
        await PutAsync("publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>");
        await PutAsync("encryption", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>");
        await PutAsync("lifecycle", "<LifecycleConfiguration><Rule><ID>old</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter><Expiration><Days>7</Days></Expiration></Rule></LifecycleConfiguration>");
        await PutAsync("ownershipControls", "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>");
        await AskJsonAsync("ecr", "CreateRepository", """{"repositoryName":"pr-42/0"}""");
        await AskJsonAsync("ecr", "PutLifecyclePolicy", """{"repositoryName":"pr-42/0","lifecyclePolicyText":"{\"rules\":[{\"rulePriority\":1,\"selection\":{\"tagStatus\":\"any\",\"countType\":\"imageCountMoreThan\",\"countNumber\":5},\"action\":{\"type\":\"expire\"}}]}"}""");
        await AskJsonAsync("ecr", "SetRepositoryPolicy", new JsonObject { ["repositoryName"] = "pr-42/0", ["policyText"] = Policy }.ToJsonString());
        ExpectNamed([.. new[] { "", "_versioning", "_public_access_block", "_server_side_encryption_configuration", "_lifecycle_configuration", "_ownership_controls" }.Select(part => $"aws_s3_bucket{part}")]);
        foreach (var part in (string[])["repository", "lifecycle_policy", "repository_policy"])
        {
            Expect(Names, $"aws_ecr_{part}", "0", "pr-42/0");
        }
    }

    private async Task MakeNamedAsync()
    {
        await AskJsonAsync("logs", "CreateLogGroup", """{"logGroupName":"/aws/eks/pr-42-0"}""");
        await AskAsync("cloudwatch", "PutMetricAlarm", ("AlarmName", "pr-42-0"), ("MetricName", "CPU"), ("Namespace", "x"), ("Period", "60"), ("EvaluationPeriods", "1"), ("Threshold", "1"), ("Statistic", "Sum"), ("ComparisonOperator", "GreaterThanThreshold"));
        await AskAsync("cloudwatch", "PutDashboard", ("DashboardName", "pr-42-0"), ("DashboardBody", "{}"));
        await AskJsonAsync("events", "PutRule", """{"Name":"pr-42-0","ScheduleExpression":"rate(1 day)"}""");
        await AskJsonAsync("events", "PutTargets", """{"Rule":"pr-42-0","Targets":[{"Id":"job-0","Arn":"arn:aws:sqs:us-east-1:123456789012:x"}]}""");
        var secret = (await AskJsonAsync("secretsmanager", "CreateSecret", """{"Name":"pr-42-ephemeral/0","SecretString":"x"}""")).Select("ARN").Single().Text!;
        var key = (await AskJsonAsync("kms", "CreateKey", """{"Tags":[{"TagKey":"mayfly:environment","TagValue":"pr-42"},{"TagKey":"Name","TagValue":"there"}]}""")).Select("KeyMetadata.KeyId").Single().Text!;
        await AskJsonAsync("kms", "CreateAlias", $$"""{"AliasName":"alias/pr-42-0","TargetKeyId":"{{key}}"}""");
        await AskJsonAsync("ssm", "PutParameter", """{"Name":"/pr-42/0","Value":"x","Type":"String"}""");
        await AskJsonAsync("dynamodb", "CreateTable", """{"TableName":"pr-42-0","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}]}""");
        var queue = (await AskJsonAsync("sqs", "CreateQueue", """{"QueueName":"pr-42-0"}""")).Select("QueueUrl").Single().Text!;
        var topic = await IdAsync("sns", "CreateTopic", "TopicArn", ("Name", "pr-42-0"));
        var zone = (await new AwsRestXmlClient(session, AwsService.Route53).CallAsync("CreateHostedZone", HttpMethod.Post, "/2013-04-01/hostedzone", Route53("CreateHostedZoneRequest",
            """<Name>pr-42-0.example.org</Name><CallerReference>r</CallerReference>"""), ct: ct)).Element("HostedZone")!.Element("Id")!.Value.Split('/')[^1];
        await new AwsRestXmlClient(session, AwsService.Route53).CallAsync("ChangeResourceRecordSets", HttpMethod.Post, $"/2013-04-01/hostedzone/{zone}/rrset", Route53("ChangeResourceRecordSetsRequest",
            """<ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet><Name>www-0.pr-42-0.example.org</Name><Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>10.0.0.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch>"""), ct: ct);

        ExpectNamed("aws_cloudwatch_metric_alarm", "aws_cloudwatch_dashboard", "aws_dynamodb_table");
        Expect(Names, "aws_cloudwatch_log_group", "0", "/aws/eks/pr-42-0");
        Expect(Names, "aws_cloudwatch_event_rule", "0", "default/pr-42-0");
        Expect(Names, "aws_cloudwatch_event_target", "0", "default/pr-42-0/job-0");
        Expect(Names, "aws_secretsmanager_secret", "0", secret);
        Expect(Names, "aws_kms_key", There, key);
        Expect(Names, "aws_kms_alias", "0", "alias/pr-42-0");
        Expect(Names, "aws_ssm_parameter", "0", "/pr-42/0");
        Expect(Names, "aws_sqs_queue", "0", queue);
        Expect(Names, "aws_sns_topic", "0", topic);
        Expect(Names, "aws_sns_topic_subscription", "0", await IdAsync("sns", "Subscribe", "SubscriptionArn", ("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", $"arn:aws:sqs:us-east-1:{Account}:pr-42-0")));
        Expect(Names, "aws_route53_zone", "0", zone);
        Expect(Names, "aws_route53_record", "0", $"{zone}_www-0.pr-42-0.example.org_A");
        Expect(Names, "aws_acm_certificate", "0", (await AskJsonAsync("acm", "RequestCertificate", """{"DomainName":"pr-42-0.example.org","ValidationMethod":"DNS"}""")).Select("CertificateArn").Single().Text!);
    }

    private async Task MakeDatabasesAsync(string[] subnets)
    {
        await AskAsync("rds", "CreateDBSubnetGroup", ("DBSubnetGroupName", "pr-42-0"), ("DBSubnetGroupDescription", "x"), ("SubnetIds.SubnetIdentifier.1", subnets[0]), ("SubnetIds.SubnetIdentifier.2", subnets[1]));
        await AskAsync("rds", "CreateDBParameterGroup", ("DBParameterGroupName", "pr-42-0"), ("DBParameterGroupFamily", "postgres15"), ("Description", "x"));
        await AskAsync("rds", "CreateDBInstance", ("DBInstanceIdentifier", "pr-42-0"), ("Engine", "postgres"), ("DBInstanceClass", "db.t3.micro"), ("AllocatedStorage", "10"), ("MasterUsername", "u"), ("MasterUserPassword", "passpass"));
        await AskAsync("rds", "CreateDBCluster", ("DBClusterIdentifier", "pr-42-cluster-0"), ("Engine", "aurora-postgresql"), ("MasterUsername", "u"), ("MasterUserPassword", "passpasspass"));
        await AskAsync("rds", "CreateDBInstance", ("DBInstanceIdentifier", "pr-42-member-0"), ("Engine", "aurora-postgresql"), ("DBInstanceClass", "db.t3.medium"), ("DBClusterIdentifier", "pr-42-cluster-0"));
        await AskAsync("elasticache", "CreateCacheSubnetGroup", ("CacheSubnetGroupName", "pr-42-0"), ("CacheSubnetGroupDescription", "x"), ("SubnetIds.SubnetIdentifier.1", subnets[0]));
        await AskAsync("elasticache", "CreateCacheCluster", ("CacheClusterId", "pr-42-0"), ("Engine", "redis"), ("CacheNodeType", "cache.t3.micro"), ("NumCacheNodes", "1"));
        await AskAsync("elasticache", "CreateReplicationGroup", ("ReplicationGroupId", "pr-42-group-0"), ("ReplicationGroupDescription", "x"), ("Engine", "redis"), ("CacheNodeType", "cache.t3.micro"), ("NumCacheClusters", "1"));
        ExpectNamed("aws_db_parameter_group", "aws_db_instance", "aws_elasticache_cluster");
        Expect(Network, "aws_db_subnet_group", "0", "pr-42-0");
        Expect(Network, "aws_elasticache_subnet_group", "0", "pr-42-0");
        Expect(Names, "aws_rds_cluster", "0", "pr-42-cluster-0");
        Expect(Names, "aws_rds_cluster_instance", "0", "pr-42-member-0");
        Expect(Names, "aws_elasticache_replication_group", "0", "pr-42-group-0");
    }

    private async Task MakeEksAsync(string[] subnets)
    {
        const string Role = $"arn:aws:iam::{Account}:role/pr-42-0", Person = $"arn:aws:iam::{Account}:role/people-0";
        var places = $"[{string.Join(',', subnets.Select(subnet => $"\"{subnet}\""))}]";
        await EksAsync("/clusters", $$$"""{"name":"pr-42-0","roleArn":"{{{Role}}}","resourcesVpcConfig":{"subnetIds":{{{places}}}},"accessConfig":{"authenticationMode":"API"}}""");
        var eks = new AwsRestJsonClient(session, AwsService.Eks);
        while ((string?)(await eks.CallAsync("DescribeCluster", HttpMethod.Get, "/clusters/pr-42-0", null, [], ct))["cluster"]!["status"] != "ACTIVE")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, ct);
        }

        await EksAsync("/clusters/pr-42-0/node-groups", $$$"""{"nodegroupName":"nodes-0","nodeRole":"{{{Role}}}","subnets":{{{places}}},"scalingConfig":{"minSize":0,"desiredSize":0,"maxSize":1}}""");
        await EksAsync("/clusters/pr-42-0/addons", """{"addonName":"coredns"}""");
        await EksAsync("/clusters/pr-42-0/fargate-profiles", $$"""{"fargateProfileName":"jobs-0","podExecutionRoleArn":"{{Role}}","subnets":{{places}},"selectors":[{"namespace":"jobs"}]}""");
        await EksAsync("/clusters/pr-42-0/access-entries", $$"""{"principalArn":"{{Person}}"}""");
        await EksAsync($"/clusters/pr-42-0/access-entries/{Uri.EscapeDataString(Person)}/access-policies", """{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy","accessScope":{"type":"cluster"}}""");
        var identity = await EksAsync("/clusters/pr-42-0/pod-identity-associations", $$"""{"namespace":"jobs","serviceAccount":"runner-0","roleArn":"{{Role}}"}""");
        Expect(Cluster, "aws_eks_cluster", "0", "pr-42-0");
        Expect(Cluster, "aws_eks_node_group", "0", "pr-42-0:nodes-0");
        Expect(Cluster, "aws_eks_addon", "\"coredns\"", "pr-42-0:coredns");
        Expect(Cluster, "aws_eks_fargate_profile", "0", "pr-42-0:jobs-0");
        Expect(Cluster, "aws_eks_access_entry", "0", $"pr-42-0:{Person}");
        Expect(Cluster, "aws_eks_access_policy_association", "\"AmazonEKSViewPolicy\"", $"pr-42-0#{Person}#arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy");
        Expect(Cluster, "aws_eks_pod_identity_association", "0", $"pr-42-0,{identity["association"]!["associationId"]}");
    }

    private async Task MakeObjectsAsync()
    {
        const string Rbac = "/apis/rbac.authorization.k8s.io/v1";
        const string Space = "/namespaces/pr-42-0";
        await PostAsync("namespace", "/api/v1/namespaces", "pr-42-0", "");
        foreach (var (type, path) in ((string, string)[])[("secret", "secrets"), ("config_map", "configmaps"), ("service_account", "serviceaccounts")])
        {
            await PostAsync(type, $"/api/v1{Space}/{path}", "x-0", "");
        }

        await PostAsync("role", $"{Rbac}{Space}/roles", "x-0", "");
        await PostAsync("cluster_role", $"{Rbac}/clusterroles", "x-0", "");
        await PostAsync("role_binding", $"{Rbac}{Space}/rolebindings", "x-0", ""","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"x-0"}""");
        await PostAsync("cluster_role_binding", $"{Rbac}/clusterrolebindings", "x-0", ""","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"x-0"}""");
        await PostAsync("storage_class", "/apis/storage.k8s.io/v1/storageclasses", "x-0", ",\"provisioner\":\"ebs.csi.aws.com\"");
        await HelmTool.RunAsync(
            "3", Path.Combine(Path.GetDirectoryName(api.Kubeconfig)!, "helm"),
            ["install", "release-0", Path.Combine(AppContext.BaseDirectory, "Adoption", "EveryType", "stack", "cluster", "chart"), "--namespace", "pr-42-0", "--kubeconfig", api.Kubeconfig], ct);
        Expect(Cluster, "helm_release", "0", "pr-42-0/release-0");
        async Task PostAsync(string type, string path, string name, string more)
        {
            var made = await api.PostAsync(path, "{\"metadata\":{\"name\":\"" + name + "\"}" + more + "}");
            Assert.True(made.Status == 201, made.Text);
            var id = path.Contains("/namespaces/") ? $"pr-42-0/{name}" : name;
            Expect(Cluster, $"kubernetes_{type}", "0", id);
            Expect(Cluster, $"kubernetes_{type}_v1", "0", id);
        }
    }

    private void Expect(string module, string type, string key, string id) => Expected.Add($"{module}{type}.this[{key}]", id);

    private void ExpectNamed(params string[] types)
    {
        foreach (var type in types)
        {
            Expect(Names, type, "0", "pr-42-0");
        }
    }

    private static (string, string)[] Rule(string group, string port) =>
    [
        ("GroupId", group), ("IpPermissions.1.IpProtocol", "tcp"), ("IpPermissions.1.FromPort", port), ("IpPermissions.1.ToPort", port),
        ("IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"),
    ];

    private static XElement Route53(string name, string content) => XElement.Parse($"<{name} xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">{content}</{name}>");

    private async Task<JsonObject> EksAsync(string path, string body) =>
        await new AwsRestJsonClient(session, AwsService.Eks).CallAsync("Create", HttpMethod.Post, path, JsonNode.Parse(body)!.AsObject(), [], ct);

    private Task PutAsync(string what, string body) =>
        new AwsRestXmlClient(session, AwsService.S3).SendAsync("PutBucketSetting", HttpMethod.Put, "/pr-42-0", XElement.Parse(body), [new(what, "")], ct);

    private Task<string> EC2Async(string operation, string path, string kind, params (string Name, string Value)[] input) => IdAsync("ec2", operation, path,
    [
        .. input,
        ("TagSpecification.1.ResourceType", kind), ("TagSpecification.1.Tag.1.Key", "mayfly:environment"), ("TagSpecification.1.Tag.1.Value", "pr-42"),
        ("TagSpecification.1.Tag.2.Key", "Name"), ("TagSpecification.1.Tag.2.Value", "there"),
    ]);

    private async Task<string> IdAsync(string service, string operation, string path, params (string Name, string Value)[] input) =>
        (await AskAsync(service, operation, input)).Select(path).First().Text!;

    private Task<Engine.Adoption.Reply> AskAsync(string service, string operation, params (string Name, string Value)[] input) =>
        _aws.AskAsync(new Question(service, operation, "/", [], [.. input.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Name, pair.Value))]), ct);

    private Task<Engine.Adoption.Reply> AskJsonAsync(string service, string operation, string input) =>
        _aws.AskAsync(new Question(service, operation, "/", [], [.. JsonNode.Parse(input)!.AsObject()]), ct);
}
