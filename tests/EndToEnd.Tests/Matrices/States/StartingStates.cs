using System.Text.Json.Nodes;

namespace Mayfly.EndToEnd.Tests.Matrices.States;

/// <summary>The states that the matrix starts from.</summary>
public static class StartingStates
{
    private const string Trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}""";
    private static readonly string[] Roles = ["cluster", "nodes", "external-secrets", "aws-load-balancer-controller", "external-dns"];
    private static readonly string[] Secrets = ["app", "aws/client", "common", "db", "redis", "registry"];

    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<StartingState> All { get; } =
    [
        StartingState.Broken("state lost", (hands, ct) => hands.LoseStateAsync(ct)),
        StartingState.Broken("state a day old", PutOldStateBackAsync),
        StartingState.Broken("state of another incarnation", RemakeClusterAsync),
        StartingState.Broken("cluster deleted by hand", (hands, ct) => hands.DeleteClusterAsync(ct)),
        StartingState.Broken("access of the run's principal to the cluster taken away", TakeAccessAsync),
        StartingState.Broken("node group deleted", (hands, ct) => hands.DeleteNodeGroupAsync(ct)),
        StartingState.Broken("leftovers of a load balancer in the VPC", LeaveLoadBalancerRemainsAsync),
        StartingState.Broken("ESO uninstalled", UninstallEsoAsync),
        StartingState.Broken("namespace deleted", DeleteNamespaceAsync),
        StartingState.EachBroken("each role deleted by itself", Roles.Select(role =>
            new HandMade($"role {role} deleted", (hands, ct) => hands.DeleteRoleAsync($"{hands.Environment}-{role}", ct)))),
        StartingState.EachBroken("each secret deleted by itself", Secrets.Select(secret =>
            new HandMade($"secret {secret} deleted", (hands, ct) => DeleteSecretAsync(hands, secret, forGood: true, ct)))),
        StartingState.EachBroken("each secret scheduled for deletion by itself", Secrets.Take(1).Select(secret =>
            new HandMade($"secret {secret} scheduled for deletion", (hands, ct) => DeleteSecretAsync(hands, secret, forGood: false, ct)))),
        StartingState.Broken("log group deleted", (hands, ct) =>
            hands.AskJsonAsync(ct, "logs", "DeleteLogGroup", new() { ["logGroupName"] = LogGroup(hands) })),
        .. Roles.Select(role => StartingState.Found($"role {role} there before", (hands, ct) => MakeRoleAsync(hands, role, ct))),
        .. Secrets.Select(secret => StartingState.Found($"secret {secret} there before", (hands, ct) => MakeSecretAsync(hands, secret, ct))),
        StartingState.Found("log group there before", (hands, ct) =>
            hands.AskJsonAsync(ct, "logs", "CreateLogGroup", new() { ["logGroupName"] = LogGroup(hands) })),
        StartingState.Found("secret there before, scheduled for deletion", MakeScheduledSecretAsync),
        StartingState.Broken("cluster deleted by hand, addresses of its load balancer left", Namesakes.LeaveAddressesAsync, Namesakes.KeepAddressesAsync),
        StartingState.Found("records of a dead environment and of namesakes in the zone", Namesakes.MakeRecordsAsync, Namesakes.KeepRecordsAsync),
        StartingState.Found("VPC of a dead environment, with leftovers of its load balancer", MakeDeadVpcAsync),
        StartingState.TornDown("down: state lost", (hands, ct) => hands.LoseStateAsync(ct)),
        StartingState.TornDown("down: cluster deleted by hand", (hands, ct) => hands.DeleteClusterAsync(ct)),
        StartingState.TornDown("down: leftovers of a load balancer in the VPC", LeaveLoadBalancerRemainsAsync),
        StartingState.TornDown("down: cluster deleted by hand, addresses of its load balancer left", Namesakes.LeaveAddressesAsync, Namesakes.KeepAddressesAsync),
        StartingState.TornDown("down: cluster deleted by hand, its records left beside those of namesakes", Namesakes.LeaveRecordsAsync, Namesakes.KeepRecordsAsync),
        StartingState.TornDown("down: access of the run's principal to the cluster taken away", TakeAccessAsync),
        StartingState.TornDown("down: ESO uninstalled", UninstallEsoAsync),
        StartingState.TornDown("down: namespace deleted", DeleteNamespaceAsync),
    ];

    /// <summary>Those that one run of all tests has the time for: one break, or one thing found.</summary>
    public static IReadOnlyList<StartingState> Short { get; } = [.. All.Where(state => state.Breaks.Count == 1)];

    private static string LogGroup(Hands hands) => $"/aws/eks/{hands.Environment}/cluster";

    // The newest one that the bucket kept from before the cluster's layer.
    private static async Task PutOldStateBackAsync(Hands hands, CancellationToken ct)
    {
        var old = (await hands.StateHistoryAsync(ct)).First(state => !state.Contains("helm_release", StringComparison.Ordinal) && state.Contains("aws_vpc", StringComparison.Ordinal));
        await hands.WriteStateAsync(old, ct);
    }

    // The same name and nothing else in common: endpoint, authority and time of creation are new, and there are no tags of ours.
    private static async Task RemakeClusterAsync(Hands hands, CancellationToken ct)
    {
        var path = $"/clusters/{hands.Environment}";
        var cluster = (await hands.EksAsync(ct, HttpMethod.Get, path))["cluster"]!;
        await hands.DeleteClusterAsync(ct);
        await hands.EksAsync(ct, HttpMethod.Post, "/clusters", new JsonObject
        {
            ["name"] = hands.Environment,
            ["version"] = cluster["version"]!.DeepClone(),
            ["roleArn"] = cluster["roleArn"]!.DeepClone(),
            ["resourcesVpcConfig"] = new JsonObject { ["subnetIds"] = cluster["resourcesVpcConfig"]!["subnetIds"]!.DeepClone() },
            ["accessConfig"] = new JsonObject { ["authenticationMode"] = "API_AND_CONFIG_MAP", ["bootstrapClusterCreatorAdminPermissions"] = true },
        });
        await hands.UntilActiveAsync(ct, path, "cluster");
    }

    // As if another principal had made the cluster: nodes keep their way in, people lose theirs.
    private static async Task TakeAccessAsync(Hands hands, CancellationToken ct)
    {
        var entries = $"/clusters/{hands.Environment}/access-entries";
        foreach (var principal in (await hands.EksAsync(ct, HttpMethod.Get, entries))["accessEntries"]!.AsArray().Select(entry => Uri.EscapeDataString(entry!.GetValue<string>())))
        {
            if ((await hands.EksAsync(ct, HttpMethod.Get, $"{entries}/{principal}"))["accessEntry"]!["type"]!.GetValue<string>() == "STANDARD")
            {
                await hands.EksAsync(ct, HttpMethod.Delete, $"{entries}/{principal}");
            }
        }
    }

    private static async Task LeaveLoadBalancerRemainsAsync(Hands hands, CancellationToken ct)
    {
        var vpc = Assert.Single(Hands.Texts(
            await hands.AskAsync(ct, "ec2", "DescribeVpcs", ("Filter.1.Name", "tag:mayfly:environment"), ("Filter.1.Value.1", hands.Environment)), "vpcSet.item.vpcId"));
        var subnet = Hands.Texts(await hands.AskAsync(ct, "ec2", "DescribeSubnets", ("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc)), "subnetSet.item.subnetId")[0];
        await LeaveRemainsAsync(hands, vpc, subnet, ct);
    }

    // What a load balancer of the controller leaves when it is removed behind its back: two security groups that name each other,
    // and an interface that stands in one of them.
    private static async Task LeaveRemainsAsync(Hands hands, string vpc, string subnet, CancellationToken ct)
    {
        var front = await MakeGroupAsync(hands, vpc, "k8s-old-front", "ingress.k8s.aws/stack", "old/old", ct);
        var back = await MakeGroupAsync(hands, vpc, "k8s-traffic-old", "elbv2.k8s.aws/resource", "backend-sg", ct);
        foreach (var (group, other) in new[] { (front, back), (back, front) })
        {
            await hands.AskAsync(ct, "ec2", "AuthorizeSecurityGroupIngress", ("GroupId", group), ("IpPermissions.1.IpProtocol", "tcp"),
                ("IpPermissions.1.FromPort", "80"), ("IpPermissions.1.ToPort", "80"), ("IpPermissions.1.UserIdGroupPairs.1.GroupId", other));
        }

        await hands.AskAsync(ct, "ec2", "CreateNetworkInterface", ("SubnetId", subnet), ("Description", "ELB app/k8s-old-old-0123456789/0123456789abcdef"), ("SecurityGroupId.1", front));
    }

    private static async Task<string> MakeGroupAsync(Hands hands, string vpc, string name, string tag, string value, CancellationToken ct) =>
        Hands.Texts(await hands.AskAsync(ct, "ec2", "CreateSecurityGroup", ("GroupName", name), ("GroupDescription", "[k8s] of a load balancer"), ("VpcId", vpc),
            ("TagSpecification.1.ResourceType", "security-group"),
            ("TagSpecification.1.Tag.1.Key", "elbv2.k8s.aws/cluster"), ("TagSpecification.1.Tag.1.Value", hands.Environment),
            ("TagSpecification.1.Tag.2.Key", tag), ("TagSpecification.1.Tag.2.Value", value)), "groupId")[0];

    private static async Task MakeDeadVpcAsync(Hands hands, CancellationToken ct)
    {
        (string, string)[] Tagged(string kind, string name) =>
        [
            ("TagSpecification.1.ResourceType", kind),
            ("TagSpecification.1.Tag.1.Key", "mayfly:environment"), ("TagSpecification.1.Tag.1.Value", hands.Environment),
            ("TagSpecification.1.Tag.2.Key", "Name"), ("TagSpecification.1.Tag.2.Value", name),
        ];
        var vpc = Hands.Texts(await hands.AskAsync(ct, "ec2", "CreateVpc", [("CidrBlock", "10.42.0.0/16"), .. Tagged("vpc", hands.Environment)]), "vpc.vpcId")[0];
        var subnet = Hands.Texts(await hands.AskAsync(ct, "ec2", "CreateSubnet",
            [("VpcId", vpc), ("CidrBlock", "10.42.0.0/20"), ("AvailabilityZone", "us-east-1a"), .. Tagged("subnet", $"{hands.Environment}-public-us-east-1a")]), "subnet.subnetId")[0];
        await LeaveRemainsAsync(hands, vpc, subnet, ct);
    }

    private static async Task UninstallEsoAsync(Hands hands, CancellationToken ct)
    {
        await hands.HelmAsync(ct, "uninstall", "external-secrets", "--namespace", "external-secrets");
        await hands.KubectlAsync(ct, "delete", "crd", "--ignore-not-found", "--wait=false",
            "externalsecrets.external-secrets.io", "secretstores.external-secrets.io", "clustersecretstores.external-secrets.io", "clusterexternalsecrets.external-secrets.io");
    }

    private static Task DeleteNamespaceAsync(Hands hands, CancellationToken ct) =>
        hands.KubectlAsync(ct, "delete", "namespace", hands.Environment, "--timeout=120s");

    private static Task DeleteSecretAsync(Hands hands, string secret, bool forGood, CancellationToken ct)
    {
        JsonObject input = new() { ["SecretId"] = SecretName(hands, secret) };
        input[forGood ? "ForceDeleteWithoutRecovery" : "RecoveryWindowInDays"] = forGood ? true : 7;
        return hands.AskJsonAsync(ct, "secretsmanager", "DeleteSecret", input);
    }

    // By its name alone: nothing else can have it.
    private static Task MakeRoleAsync(Hands hands, string role, CancellationToken ct) =>
        hands.AskAsync(ct, "iam", "CreateRole", ("RoleName", $"{hands.Environment}-{role}"), ("AssumeRolePolicyDocument", Trust));

    private static Task MakeSecretAsync(Hands hands, string secret, CancellationToken ct) =>
        hands.AskJsonAsync(ct, "secretsmanager", "CreateSecret", new()
        {
            ["Name"] = SecretName(hands, secret),
            ["Tags"] = new JsonArray([.. hands.OwnTags.Select(tag => (JsonNode)new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
        });

    private static async Task MakeScheduledSecretAsync(Hands hands, CancellationToken ct)
    {
        await MakeSecretAsync(hands, "db", ct);
        await DeleteSecretAsync(hands, "db", forGood: false, ct);
    }

    private static string SecretName(Hands hands, string secret) => $"{hands.Environment}-ephemeral/application/{secret}";
}
