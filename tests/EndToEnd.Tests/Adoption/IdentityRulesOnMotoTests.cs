using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Tools;
using Mayfly.LocalCloud.Aws;

namespace Mayfly.EndToEnd.Tests.Adoption;

/// <summary>One moto for all rows; every row makes things with names of its own.</summary>
public sealed class MotoFixture : IAsyncLifetime
{
    private Moto? _moto;

    public AwsSession Session { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _moto = await Moto.StartAsync();
        Session = AwsSession.For(_moto.Endpoint, "us-east-1", "AKIATESTTESTTESTTEST", "test");
    }

    public async ValueTask DisposeAsync()
    {
        if (_moto is not null)
        {
            await _moto.DisposeAsync();
        }
    }
}

/// <summary>The identity rules against the APIs as moto has them: what exists is found by its planned attributes, with its import id.</summary>
public sealed class IdentityRulesOnMotoTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const string Environment = "pr-42";
    private const string Tags = """{"mayfly:environment":"pr-42","Name":"thing"}""";
    private static readonly Dictionary<string, string> Names = new()
    {
        ["env"] = Environment,
        ["account"] = "123456789012",
        ["region"] = "us-east-1",
        ["partition"] = "aws",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AwsQuestions Aws => new(moto.Session);

    [Fact]
    public async Task A_network_is_found_by_its_tags()
    {
        var vpc = await IdAsync("ec2", "CreateVpc", "vpc.vpcId", [("CidrBlock", "10.9.0.0/16"), .. Tagged("vpc")]);
        var subnet = await IdAsync("ec2", "CreateSubnet", "subnet.subnetId", [("VpcId", vpc), ("CidrBlock", "10.9.1.0/24"), .. Tagged("subnet")]);
        var gateway = await IdAsync("ec2", "CreateInternetGateway", "internetGateway.internetGatewayId", Tagged("internet-gateway"));
        var address = await IdAsync("ec2", "AllocateAddress", "allocationId", [("Domain", "vpc"), .. Tagged("elastic-ip")]);
        var nat = await IdAsync("ec2", "CreateNatGateway", "natGateway.natGatewayId", [("SubnetId", subnet), ("AllocationId", address), .. Tagged("natgateway")]);
        var table = await IdAsync("ec2", "CreateRouteTable", "routeTable.routeTableId", [("VpcId", vpc), .. Tagged("route-table")]);
        await AskAsync("ec2", "AttachInternetGateway", ("VpcId", vpc), ("InternetGatewayId", gateway));
        await AskAsync("ec2", "CreateRoute", ("RouteTableId", table), ("DestinationCidrBlock", "0.0.0.0/0"), ("GatewayId", gateway));
        await AskAsync("ec2", "AssociateRouteTable", ("RouteTableId", table), ("SubnetId", subnet));
        var group = await IdAsync("ec2", "CreateSecurityGroup", "groupId", [("GroupName", "nodes"), ("GroupDescription", "x"), ("VpcId", vpc), .. Tagged("security-group")]);
        await AskAsync("ec2", "AuthorizeSecurityGroupIngress", ("GroupId", group), ("IpPermissions.1.IpProtocol", "tcp"), ("IpPermissions.1.FromPort", "443"), ("IpPermissions.1.ToPort", "443"), ("IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"));

        await FindsAsync("aws_vpc", $$"""{"cidr_block":"10.9.0.0/16","tags_all":{{Tags}}}""", vpc);
        await FindsAsync("aws_subnet", $$"""{"cidr_block":"10.9.1.0/24","vpc_id":"{{vpc}}","tags_all":{{Tags}}}""", subnet);
        await FindsAsync("aws_internet_gateway", $$"""{"tags_all":{{Tags}}}""", gateway);
        await FindsAsync("aws_eip", $$"""{"domain":"vpc","tags_all":{{Tags}}}""", address);
        await FindsAsync("aws_nat_gateway", $$"""{"tags_all":{{Tags}}}""", nat);
        await FindsAsync("aws_route_table", $$"""{"vpc_id":"{{vpc}}","tags_all":{{Tags}}}""", table);
        await FindsAsync("aws_route", $$"""{"route_table_id":"{{table}}","destination_cidr_block":"0.0.0.0/0"}""", $"{table}_0.0.0.0/0");
        await FindsAsync("aws_route_table_association", $$"""{"route_table_id":"{{table}}","subnet_id":"{{subnet}}"}""", $"{subnet}/{table}");
        await FindsAsync("aws_security_group", $$"""{"name":"nodes","vpc_id":"{{vpc}}"}""", group);
        await FindsAsync("aws_vpc_security_group_ingress_rule", $$"""{"security_group_id":"{{group}}","ip_protocol":"tcp","from_port":443,"to_port":443,"cidr_ipv4":"10.0.0.0/8"}""", "sgr-[0-9a-f]+");
        await FindsNothingAsync("aws_route", $$"""{"route_table_id":"{{table}}","destination_cidr_block":"10.1.0.0/16"}""");
        await FindsNothingAsync("aws_vpc", """{"cidr_block":"10.8.0.0/16","tags_all":{"mayfly:environment":"pr-42","Name":"other"}}""");
    }

    [Fact]
    public async Task Identities_are_found_by_their_names()
    {
        const string Policy = """{"Version":"2012-10-17","Statement":[]}""";
        await AskAsync("iam", "CreateRole", ("RoleName", "pr-42-nodes"), ("AssumeRolePolicyDocument", Policy));
        var policy = await IdAsync("iam", "CreatePolicy", "Policy.Arn", ("PolicyName", "pr-42-read"), ("PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"""));
        await AskAsync("iam", "AttachRolePolicy", ("RoleName", "pr-42-nodes"), ("PolicyArn", policy));
        await AskAsync("iam", "PutRolePolicy", ("RoleName", "pr-42-nodes"), ("PolicyName", "inline"), ("PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"""));
        await AskAsync("iam", "CreateInstanceProfile", ("InstanceProfileName", "pr-42-nodes"));
        await AskAsync("iam", "CreateOpenIDConnectProvider", ("Url", "https://oidc.example.org/id/ABC"), ("ThumbprintList.member.1", new string('a', 40)));

        await FindsAsync("aws_iam_role", """{"name":"pr-42-nodes"}""", "pr-42-nodes");
        await FindsAsync("aws_iam_policy", """{"name":"pr-42-read","path":"/"}""", Regex.Escape(policy));
        await FindsAsync("aws_iam_role_policy_attachment", $$"""{"role":"pr-42-nodes","policy_arn":"{{policy}}"}""", Regex.Escape($"pr-42-nodes/{policy}"));
        await FindsAsync("aws_iam_role_policy", """{"role":"pr-42-nodes","name":"inline"}""", "pr-42-nodes:inline");
        await FindsAsync("aws_iam_instance_profile", """{"name":"pr-42-nodes"}""", "pr-42-nodes");
        await FindsAsync("aws_iam_openid_connect_provider", """{"url":"https://oidc.example.org/id/ABC"}""", "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/ABC");
        await FindsNothingAsync("aws_iam_role", """{"name":"pr-42-absent"}""");
        await FindsNothingAsync("aws_iam_role_policy_attachment", """{"role":"pr-42-absent","policy_arn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}""");
    }

    [Fact]
    public async Task Data_stores_queues_and_logs_are_found_by_their_names()
    {
        await AskJsonAsync("logs", "CreateLogGroup", new() { ["logGroupName"] = "/aws/eks/pr-42/cluster" });
        await AskJsonAsync("logs", "CreateLogGroup", new() { ["logGroupName"] = "/aws/eks/pr-42/cluster-more" });
        await AskJsonAsync("secretsmanager", "CreateSecret", new() { ["Name"] = "pr-42-ephemeral/application/db", ["SecretString"] = "x" });
        await AskJsonAsync("sqs", "CreateQueue", new() { ["QueueName"] = "pr-42-jobs" });
        await AskAsync("sns", "CreateTopic", ("Name", "pr-42-events"));
        await AskJsonAsync("dynamodb", "CreateTable", (JsonObject)JsonNode.Parse("""{"TableName":"pr-42-sessions","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}]}""")!);
        await AskJsonAsync("ssm", "PutParameter", new() { ["Name"] = "/pr-42/host", ["Value"] = "x", ["Type"] = "String" });
        await AskJsonAsync("ecr", "CreateRepository", new() { ["repositoryName"] = "pr-42/app" });
        var key = await AskJsonAsync("kms", "CreateKey", (JsonObject)JsonNode.Parse("""{"Tags":[{"TagKey":"mayfly:environment","TagValue":"pr-42"},{"TagKey":"Name","TagValue":"thing"}]}""")!);
        var keyId = key.Select("KeyMetadata.KeyId").Single().Text!;
        await AskJsonAsync("kms", "CreateAlias", new() { ["AliasName"] = "alias/pr-42", ["TargetKeyId"] = keyId });
        await AskAsync("cloudwatch", "PutMetricAlarm", ("AlarmName", "pr-42-cpu"), ("MetricName", "CPU"), ("Namespace", "x"), ("Period", "60"), ("EvaluationPeriods", "1"), ("Threshold", "1"), ("Statistic", "Sum"), ("ComparisonOperator", "GreaterThanThreshold"));

        await FindsAsync("aws_cloudwatch_log_group", """{"name":"/aws/eks/pr-42/cluster"}""", "/aws/eks/pr-42/cluster");
        await FindsAsync("aws_secretsmanager_secret", """{"name":"pr-42-ephemeral/application/db"}""", "arn:aws:secretsmanager:us-east-1:123456789012:secret:pr-42-ephemeral/application/db-\\w+");
        await FindsAsync("aws_sqs_queue", """{"name":"pr-42-jobs"}""", ".*/pr-42-jobs");
        await FindsAsync("aws_sns_topic", """{"name":"pr-42-events"}""", "arn:aws:sns:us-east-1:123456789012:pr-42-events");
        await FindsAsync("aws_dynamodb_table", """{"name":"pr-42-sessions"}""", "pr-42-sessions");
        await FindsAsync("aws_ssm_parameter", """{"name":"/pr-42/host"}""", "/pr-42/host");
        await FindsAsync("aws_ecr_repository", """{"name":"pr-42/app"}""", "pr-42/app");
        await FindsAsync("aws_kms_key", $$"""{"tags_all":{{Tags}}}""", keyId);
        await FindsAsync("aws_kms_alias", """{"name":"alias/pr-42"}""", "alias/pr-42");
        await FindsAsync("aws_cloudwatch_metric_alarm", """{"alarm_name":"pr-42-cpu"}""", "pr-42-cpu");
        await FindsNothingAsync("aws_secretsmanager_secret", """{"name":"pr-42-ephemeral/application/absent"}""");
        await FindsNothingAsync("aws_sqs_queue", """{"name":"pr-42-absent"}""");
        await FindsNothingAsync("aws_sns_topic", """{"name":"pr-42-absent"}""");
        await FindsNothingAsync("aws_dynamodb_table", """{"name":"pr-42-absent"}""");
        await FindsNothingAsync("aws_ecr_repository", """{"name":"pr-42/absent"}""");
    }

    [Fact]
    public async Task Buckets_zones_clusters_and_databases_are_found_by_their_names()
    {
        var s3 = new AwsRestXmlClient(moto.Session, AwsService.S3);
        await s3.SendAsync("CreateBucket", HttpMethod.Put, "/pr-42-assets", ct: Ct);
        var route53 = new AwsRestXmlClient(moto.Session, AwsService.Route53);
        System.Xml.Linq.XNamespace ns = "https://route53.amazonaws.com/doc/2013-04-01/";
        var zone = await route53.CallAsync("CreateHostedZone", HttpMethod.Post, "/2013-04-01/hostedzone",
            new(ns + "CreateHostedZoneRequest", new System.Xml.Linq.XElement(ns + "Name", "pr-42.example.org"), new System.Xml.Linq.XElement(ns + "CallerReference", "r")), ct: Ct);
        var zoneId = zone.Element("HostedZone")!.Element("Id")!.Value.Split('/')[^1];
        var eks = new AwsRestJsonClient(moto.Session, AwsService.Eks);
        await eks.CallAsync("CreateCluster", HttpMethod.Post, "/clusters", (JsonObject)JsonNode.Parse("""{"name":"pr-42","roleArn":"arn:aws:iam::123456789012:role/x","resourcesVpcConfig":{"subnetIds":[]},"tags":{"mayfly:environment":"pr-42"}}""")!, ct: Ct);
        await AskAsync("rds", "CreateDBInstance", ("DBInstanceIdentifier", "pr-42-db"), ("Engine", "postgres"), ("DBInstanceClass", "db.t3.micro"), ("AllocatedStorage", "10"), ("MasterUsername", "u"), ("MasterUserPassword", "passpass"));

        await FindsAsync("aws_s3_bucket", """{"bucket":"pr-42-assets"}""", "pr-42-assets");
        await FindsAsync("aws_route53_zone", """{"name":"pr-42.example.org"}""", zoneId);
        await FindsAsync("aws_route53_record", $$"""{"zone_id":"{{zoneId}}","name":"pr-42.example.org","type":"SOA"}""", $"{zoneId}_pr-42.example.org_SOA");
        await FindsAsync("aws_eks_cluster", """{"name":"pr-42"}""", "pr-42");
        await FindsAsync("aws_db_instance", """{"identifier":"pr-42-db"}""", "pr-42-db");
        await FindsNothingAsync("aws_s3_bucket", """{"bucket":"pr-42-absent"}""");
        await FindsNothingAsync("aws_eks_cluster", """{"name":"pr-43"}""");
        await FindsNothingAsync("aws_eks_node_group", """{"cluster_name":"pr-42","node_group_name":"absent"}""");
        await FindsNothingAsync("aws_db_instance", """{"identifier":"pr-42-absent"}""");
        await FindsNothingAsync("aws_route53_zone", """{"name":"absent.example.org"}""");
    }

    [Fact]
    public async Task Load_balancers_are_found_by_their_names_and_what_hangs_on_them_by_them()
    {
        var vpc = await IdAsync("ec2", "CreateVpc", "vpc.vpcId", ("CidrBlock", "10.7.0.0/16"));
        var one = await IdAsync("ec2", "CreateSubnet", "subnet.subnetId", ("VpcId", vpc), ("CidrBlock", "10.7.1.0/24"), ("AvailabilityZone", "us-east-1a"));
        var two = await IdAsync("ec2", "CreateSubnet", "subnet.subnetId", ("VpcId", vpc), ("CidrBlock", "10.7.2.0/24"), ("AvailabilityZone", "us-east-1b"));
        var balancer = await IdAsync("elbv2", "CreateLoadBalancer", "LoadBalancers.member.LoadBalancerArn", ("Name", "pr-42-web"), ("Subnets.member.1", one), ("Subnets.member.2", two));
        var target = await IdAsync("elbv2", "CreateTargetGroup", "TargetGroups.member.TargetGroupArn", ("Name", "pr-42-web"), ("Protocol", "HTTP"), ("Port", "80"), ("VpcId", vpc));
        var listener = await IdAsync("elbv2", "CreateListener", "Listeners.member.ListenerArn", ("LoadBalancerArn", balancer), ("Protocol", "HTTP"), ("Port", "80"), ("DefaultActions.member.1.Type", "forward"), ("DefaultActions.member.1.TargetGroupArn", target));

        await FindsAsync("aws_lb", """{"name":"pr-42-web"}""", Regex.Escape(balancer));
        await FindsAsync("aws_lb_target_group", """{"name":"pr-42-web"}""", Regex.Escape(target));
        await FindsAsync("aws_lb_listener", $$"""{"load_balancer_arn":"{{balancer}}","port":80}""", Regex.Escape(listener));
        await FindsNothingAsync("aws_lb_listener", $$"""{"load_balancer_arn":"{{balancer}}","port":443}""");
        await FindsNothingAsync("aws_lb", """{"name":"pr-42-absent"}""");
    }

    [Fact]
    public async Task A_thing_of_another_environment_is_never_adopted_and_its_owner_is_named()
    {
        const string Policy = """{"Version":"2012-10-17","Statement":[]}""";
        await AskAsync("iam", "CreateRole", ("RoleName", "shared-role"), ("AssumeRolePolicyDocument", Policy), ("Tags.member.1.Key", "mayfly:environment"), ("Tags.member.1.Value", "pr-7"));
        await AskAsync("iam", "CreateRole", ("RoleName", "pr-421-nodes"), ("AssumeRolePolicyDocument", Policy));

        var tagged = await LookAsync("aws_iam_role", """{"name":"shared-role"}""");
        var untagged = await LookAsync("aws_iam_role", """{"name":"pr-421-nodes"}""");

        Assert.Equal(new Stranger("aws_iam_role.x", "shared-role", "pr-7"), Assert.Single(tagged.Strangers));
        Assert.Equal(new Stranger("aws_iam_role.x", "pr-421-nodes", null), Assert.Single(untagged.Strangers));
    }

    [Fact]
    public async Task A_secret_that_is_scheduled_for_deletion_is_to_be_restored_first()
    {
        await AskJsonAsync("secretsmanager", "CreateSecret", new() { ["Name"] = "pr-42-ephemeral/gone", ["SecretString"] = "x" });
        await AskJsonAsync("secretsmanager", "DeleteSecret", new() { ["SecretId"] = "pr-42-ephemeral/gone", ["RecoveryWindowInDays"] = 7 });

        var found = await LookAsync("aws_secretsmanager_secret", """{"name":"pr-42-ephemeral/gone"}""");

        Assert.Equal(Assert.Single(found.Orphans).ImportId, found.Orphans[0].RestoreSecret);
    }

    private async Task FindsAsync(string type, string planned, string id)
    {
        var found = await LookAsync(type, planned);
        Assert.Empty(found.Doubts.Select(doubt => $"{type}: {doubt.Question} {doubt.Cause?.Code} {doubt.Cause?.Message} {doubt.Matches}"));
        Assert.Empty(found.Strangers);
        Assert.True(found.Orphans.Count == 1, $"{type} was not found");
        Assert.Matches($"^{id}$", found.Orphans[0].ImportId);
    }

    private async Task FindsNothingAsync(string type, string planned)
    {
        var found = await LookAsync(type, planned);
        Assert.True(found.IsClean, $"{type}: {JsonSerializer.Serialize(found.Orphans)} {JsonSerializer.Serialize(found.Strangers)} {string.Join(' ', found.Doubts.Select(doubt => doubt.Cause?.Code + doubt.Cause?.Message))}");
    }

    private Task<OrphanFindings> LookAsync(string type, string planned)
    {
        var plan = Plan.Read("plan", [], System.Text.Encoding.UTF8.GetBytes(
            $$$$"""{"resource_changes":[{"address":"{{{{type}}}}.x","type":"{{{{type}}}}","change":{"actions":["create"],"after":{{{{planned}}}},"after_unknown":{}}}]}"""));
        return new OrphanSearch(new IdentityRules([]), Aws.AskAsync, null, Names).LookAsync(plan, Ct);
    }

    private Task<Reply> AskAsync(string service, string operation, params (string Name, string Value)[] input) =>
        Aws.AskAsync(new Question(service, operation, "/", [], [.. input.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Name, pair.Value))]), Ct);

    private Task<Reply> AskJsonAsync(string service, string operation, JsonObject input) =>
        Aws.AskAsync(new Question(service, operation, "/", [], [.. input.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))]), Ct);

    private async Task<string> IdAsync(string service, string operation, string path, params (string Name, string Value)[] input) =>
        (await AskAsync(service, operation, input)).Select(path).First().Text!;

    private static (string, string)[] Tagged(string kind) =>
    [
        ("TagSpecification.1.ResourceType", kind),
        ("TagSpecification.1.Tag.1.Key", "mayfly:environment"),
        ("TagSpecification.1.Tag.1.Value", "pr-42"),
        ("TagSpecification.1.Tag.2.Key", "Name"),
        ("TagSpecification.1.Tag.2.Value", "thing"),
    ];
}
