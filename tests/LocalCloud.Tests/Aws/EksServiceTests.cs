using System.Text;
using System.Text.Json.Nodes;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.CloudWatchLogs.Model;
using Mayfly.Aws.EKS;
using Mayfly.Aws.EKS.Model;
using Mayfly.Aws.Protocols;
using Mayfly.Aws.ResourceGroupsTaggingAPI.Model;
using Mayfly.LocalCloud.Aws.Faults;
using static Mayfly.Aws.Protocols.AwsRequest;

namespace Mayfly.LocalCloud.Tests.Aws;

public sealed class EksServiceTests(LocalAwsFixture cloud) : IClassFixture<LocalAwsFixture>
{
    private readonly AmazonEKSClient _eks = cloud.Aws.Session.CreateEks();
    private readonly AwsRestJsonClient _raw = new(cloud.Aws.Session, AwsService.Eks);
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_is_CREATING_then_ACTIVE_with_an_endpoint_and_an_authority_that_the_backend_gave()
    {
        var made = await CreateAsync("life");
        Assert.Equal("CREATING", (string?)made["cluster"]!["status"]);
        Assert.Null(made["cluster"]!["endpoint"]);

        var cluster = await ActiveAsync("life");

        Assert.Equal("https://127.0.0.1:6443", cluster.Endpoint);
        Assert.Equal("-----BEGIN CERTIFICATE-----", Encoding.UTF8.GetString(Convert.FromBase64String(cluster.CertificateAuthority!.Data!)));
        Assert.StartsWith("https://oidc.eks.us-east-1.amazonaws.com/id/", cluster.Identity!.Oidc!.Issuer);
        Assert.StartsWith("sg-", cluster.ResourcesVpcConfig!.ClusterSecurityGroupId);
        Assert.StartsWith("vpc-", cluster.ResourcesVpcConfig.VpcId);
        Assert.Contains("life", (await _eks.ListClustersAsync(new ListClustersRequest(), _ct)).Clusters);
    }

    [Fact]
    public async Task The_same_name_is_refused_and_the_same_request_is_the_same_cluster()
    {
        await CreateAsync("twice", token: "t1");

        var again = await CreateAsync("twice", token: "t1");
        var error = await Assert.ThrowsAsync<AwsException>(() => CreateAsync("twice", token: "t2"));

        Assert.Equal("twice", (string?)again["cluster"]!["name"]);
        Assert.Equal(("ResourceInUseException", "Cluster already exists with name: twice"), (error.Code, error.Message));
    }

    [Fact]
    public async Task A_role_or_a_subnet_that_is_not_there_is_refused()
    {
        var (_, subnets) = await cloud.MakeVpcAsync(_ct);
        var role = await cloud.MakeRoleAsync("r-refused", _ct);

        var noRole = await Assert.ThrowsAsync<AwsException>(() => CreateAsync("x", "arn:aws:iam::123456789012:role/none", subnets));
        var noSubnet = await Assert.ThrowsAsync<AwsException>(() => CreateAsync("x", role, ["subnet-00000000", subnets[0]]));
        var oneZone = await Assert.ThrowsAsync<AwsException>(() => CreateAsync("x", role, [subnets[0]]));

        Assert.All([noRole, noSubnet, oneZone], error => Assert.Equal("InvalidParameterException", error.Code));
        Assert.Contains("two different AZs", oneZone.Message);
    }

    [Fact]
    public async Task Node_groups_make_instances_and_nodes_and_block_the_cluster_and_the_subnets()
    {
        var (vpc, subnets) = await cloud.MakeVpcAsync(_ct);
        await CreateAsync("nodes", await cloud.MakeRoleAsync("r-nodes", _ct), subnets);
        await ActiveAsync("nodes");
        await CreateNodegroupAsync("nodes", "default", subnets);

        var group = await Wait.UntilAsync(() => GroupAsync("nodes", "default"), g => g.Status == "ACTIVE");
        var nodes = cloud.Clusters.Nodes["nodes/default"];
        var inUse = await Assert.ThrowsAsync<AwsException>(() => _eks.DeleteClusterAsync(new DeleteClusterRequest("nodes"), _ct));
        using var ec2 = cloud.Aws.Session.CreateEc2();
        var blocked = await Assert.ThrowsAsync<Amazon.EC2.AmazonEC2Exception>(() => ec2.DeleteSubnetAsync(new DeleteSubnetRequest(subnets[0]), _ct));

        Assert.Equal("ACTIVE", group.Status);
        Assert.Equal(2, nodes.Count);
        Assert.All(nodes, node => Assert.StartsWith("ip-10-9-", node.Name));
        Assert.Equal(2, nodes.Select(node => node.Zone).Distinct().Count());
        Assert.Equal("Cluster has nodegroups attached", inUse.Message);
        Assert.Equal("DependencyViolation", blocked.ErrorCode);

        await _eks.DeleteNodegroupAsync(new DeleteNodegroupRequest("nodes", "default"), _ct);
        await Wait.UntilAsync(() => AwsObservation.LookAsync(() => GroupAsync("nodes", "default")), seen => seen is AwsObservation<Nodegroup>.NotFound);
        await _eks.DeleteClusterAsync(new DeleteClusterRequest("nodes"), _ct);
        Assert.Equal("DELETING", (await _eks.DescribeClusterAsync(new DescribeClusterRequest("nodes"), _ct)).Cluster.Status);
        await Wait.UntilAsync(() => AwsObservation.LookAsync(() => _eks.DescribeClusterAsync(new DescribeClusterRequest("nodes"), _ct)),
            seen => seen is AwsObservation<DescribeClusterResponse>.NotFound);

        Assert.Empty(cloud.Clusters.Nodes["nodes/default"]);
        Assert.False(cloud.Clusters.Running.ContainsKey("nodes"));
        foreach (var subnet in subnets)
        {
            await ec2.DeleteSubnetAsync(new DeleteSubnetRequest(subnet), _ct);
        }

        await ec2.DeleteVpcAsync(new DeleteVpcRequest(vpc), _ct);
    }

    [Fact]
    public async Task Nodes_that_never_join_make_the_group_fail_with_the_reason()
    {
        var (_, subnets) = await cloud.MakeVpcAsync(_ct);
        await CreateAsync("lost", await cloud.MakeRoleAsync("r-lost", _ct), subnets);
        await ActiveAsync("lost");
        cloud.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Error, Service = "eks", Action = "JoinNodes", Times = 1 });
        await CreateNodegroupAsync("lost", "default", subnets);

        var group = await Wait.UntilAsync(() => GroupAsync("lost", "default"), g => g.Status == "CREATE_FAILED");

        Assert.Equal("NodeCreationFailure", Assert.Single(group.Health!.Issues!).Code);
        Assert.Equal(2, group.Health!.Issues![0].ResourceIds!.Count);
    }

    [Fact]
    public async Task CoreDNS_waits_for_a_node_and_the_network_add_on_does_not()
    {
        var (_, subnets) = await cloud.MakeVpcAsync(_ct);
        await CreateAsync("addons", await cloud.MakeRoleAsync("r-addons", _ct), subnets);
        await ActiveAsync("addons");
        foreach (var name in (string[])["vpc-cni", "coredns"])
        {
            await _raw.CallAsync("CreateAddon", HttpMethod.Post, "/clusters/addons/addons", new JsonObject { ["addonName"] = name }, ct: _ct);
        }

        await Wait.UntilAsync(() => AddonAsync("vpc-cni"), addon => addon.Status == "ACTIVE");
        Assert.Equal("CREATING", (await AddonAsync("coredns")).Status);

        await CreateNodegroupAsync("addons", "default", subnets);
        Assert.Equal("ACTIVE", (await Wait.UntilAsync(() => AddonAsync("coredns"), addon => addon.Status == "ACTIVE")).Status);
    }

    [Fact]
    public async Task The_creator_may_enter_and_others_by_their_entry()
    {
        await CreateAsync("doors");
        var role = await cloud.MakeRoleAsync("r-doors-dev", _ct);
        await _raw.CallAsync("CreateAccessEntry", HttpMethod.Post, "/clusters/doors/access-entries", new JsonObject
        {
            ["principalArn"] = role,
            ["kubernetesGroups"] = new JsonArray("developers"),
        }, ct: _ct);
        var path = PathOf($"/clusters/doors/access-entries/{role}");
        await _raw.CallAsync("AssociateAccessPolicy", HttpMethod.Post, path + "/access-policies", new JsonObject
        {
            ["policyArn"] = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
            ["accessScope"] = new JsonObject { ["type"] = "namespace", ["namespaces"] = new JsonArray("pr-1") },
        }, ct: _ct);

        var entry = await _eks.DescribeAccessEntryAsync(new DescribeAccessEntryRequest("doors", role), _ct);
        var access = cloud.Aws.Eks.Find("doors")!.Access;

        Assert.Equal(["developers"], entry.AccessEntry.KubernetesGroups);
        Assert.Equal(["pr-1"], access.Single(one => one.PrincipalArn == role).Policies.Single().Namespaces);
        Assert.EndsWith("AmazonEKSClusterAdminPolicy", access.Single(one => one.PrincipalArn.EndsWith("user/local")).Policies.Single().PolicyArn);
    }

    [Fact]
    public async Task The_control_plane_writes_its_log_group_once_more_after_it_is_gone()
    {
        await CreateAsync("logged", logging: true);
        await ActiveAsync("logged");
        var logs = cloud.Aws.Session.CreateCloudWatchLogs();
        await _eks.DeleteClusterAsync(new DeleteClusterRequest("logged"), _ct);
        await Wait.UntilAsync(() => Task.FromResult(cloud.Aws.Eks.Find("logged")), cluster => cluster is null);
        await logs.DeleteLogGroupAsync(new DeleteLogGroupRequest("/aws/eks/logged/cluster"), _ct);

        var back = await Wait.UntilAsync(
            () => logs.DescribeLogGroupsAsync(new DescribeLogGroupsRequest { LogGroupNamePrefix = "/aws/eks/logged" }, _ct),
            found => found.LogGroups.Count > 0);

        Assert.Single(back.LogGroups);
    }

    [Fact]
    public async Task Clusters_are_found_by_tag()
    {
        await CreateAsync("tagged");
        await _raw.CallAsync("TagResource", HttpMethod.Post, PathOf($"/tags/{"arn:aws:eks:us-east-1:123456789012:cluster/tagged"}"),
            new JsonObject { ["tags"] = new JsonObject { ["mayfly:env"] = "pr-7" } }, ct: _ct);

        var found = await cloud.Aws.Session.CreateResourceGroupsTagging().GetResourcesAsync(
            new GetResourcesRequest { TagFilters = [new TagFilter("mayfly:env", ["pr-7"])] }, _ct);

        Assert.Equal("arn:aws:eks:us-east-1:123456789012:cluster/tagged", Assert.Single(found.ResourceTagMappingList).ResourceARN);
    }

    private async Task<JsonObject> CreateAsync(
        string name, string? role = null, List<string>? subnets = null, string? token = null, bool logging = false)
    {
        subnets ??= (await cloud.MakeVpcAsync(_ct)).Subnets;
        role ??= await cloud.MakeRoleAsync($"r-{name}-{Guid.NewGuid():N}", _ct);
        var body = new JsonObject
        {
            ["name"] = name,
            ["roleArn"] = role,
            ["resourcesVpcConfig"] = new JsonObject { ["subnetIds"] = new JsonArray([.. subnets.Select(id => (JsonNode)id)]) },
            ["clientRequestToken"] = token,
            ["accessConfig"] = new JsonObject { ["authenticationMode"] = "API" },
        };
        if (logging)
        {
            body["logging"] = JsonNode.Parse("""{"clusterLogging":[{"types":["api"],"enabled":true}]}""");
        }

        return await _raw.CallAsync("CreateCluster", HttpMethod.Post, "/clusters", body, ct: _ct);
    }

    private async Task CreateNodegroupAsync(string cluster, string name, List<string> subnets) =>
        await _raw.CallAsync("CreateNodegroup", HttpMethod.Post, PathOf($"/clusters/{cluster}/node-groups"), new JsonObject
        {
            ["nodegroupName"] = name,
            ["nodeRole"] = await cloud.MakeRoleAsync($"n-{cluster}-{name}", _ct),
            ["subnets"] = new JsonArray([.. subnets.Select(id => (JsonNode)id)]),
            ["scalingConfig"] = new JsonObject { ["desiredSize"] = 2 },
        }, ct: _ct);

    private async Task<Cluster> ActiveAsync(string name) =>
        (await Wait.UntilAsync(() => _eks.DescribeClusterAsync(new DescribeClusterRequest(name), _ct), seen => seen.Cluster.Status == "ACTIVE")).Cluster;

    private async Task<Nodegroup> GroupAsync(string cluster, string name) =>
        (await _eks.DescribeNodegroupAsync(new DescribeNodegroupRequest(cluster, name), _ct)).Nodegroup;

    private async Task<Addon> AddonAsync(string name) => (await _eks.DescribeAddonAsync(new DescribeAddonRequest("addons", name), _ct)).Addon;
}
