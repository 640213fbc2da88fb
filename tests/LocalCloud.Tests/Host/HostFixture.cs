using System.Text.Json.Nodes;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.EKS.Model;
using Mayfly.Aws.Protocols;
using Mayfly.LocalCloud.Host;
using Mayfly.LocalCloud.Tests.Aws;

namespace Mayfly.LocalCloud.Tests.Host;

/// <summary>A whole local cloud in this process.</summary>
public sealed class HostFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("mayfly-host-");

    public LocalCloudHost Host { get; private set; } = null!;

    public string State => _state.FullName;

    public async ValueTask InitializeAsync() => Host = await LocalCloudHost.StartAsync(new LocalCloudOptions
    {
        StateDirectory = State,
        Zones = ["jetscale.test"],
        Buckets = ["host-state"],
        TimeScale = 0.05,
    });

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _state.Delete(recursive: true);
    }

    /// <summary>A cluster that is ACTIVE, with two nodes.</summary>
    public async Task<Cluster> MakeClusterAsync(string name, string mode, CancellationToken ct)
    {
        using var ec2 = Host.Aws.Session.CreateEc2();
        var vpc = (await ec2.CreateVpcAsync(new CreateVpcRequest("10.0.0.0/16"), ct)).Vpc.VpcId;
        var subnets = new JsonArray();
        foreach (var (block, zone) in ((string, string)[])[("10.0.1.0/24", "us-east-1a"), ("10.0.2.0/24", "us-east-1b")])
        {
            subnets.Add((await ec2.CreateSubnetAsync(new CreateSubnetRequest(vpc, block) { AvailabilityZone = zone }, ct)).Subnet.SubnetId);
        }

        var role = await MakeRoleAsync($"{name}-role", ct);
        var raw = new AwsRestJsonClient(Host.Aws.Session, AwsService.Eks);
        var eks = Host.Aws.Session.CreateEks();
        await raw.CallAsync("CreateCluster", HttpMethod.Post, "/clusters", new JsonObject
        {
            ["name"] = name,
            ["roleArn"] = role,
            ["resourcesVpcConfig"] = new JsonObject { ["subnetIds"] = subnets.DeepClone() },
            ["accessConfig"] = new JsonObject { ["authenticationMode"] = mode },
        }, ct: ct);
        var cluster = await Wait.UntilAsync(() => eks.DescribeClusterAsync(new DescribeClusterRequest(name), ct), seen => seen.Cluster.Status != "CREATING", 60);
        Assert.Equal("ACTIVE", cluster.Cluster.Status);
        await raw.CallAsync("CreateNodegroup", HttpMethod.Post, $"/clusters/{name}/node-groups", new JsonObject
        {
            ["nodegroupName"] = "default",
            ["nodeRole"] = role,
            ["subnets"] = subnets,
        }, ct: ct);
        var group = await Wait.UntilAsync(
            () => eks.DescribeNodegroupAsync(new DescribeNodegroupRequest(name, "default"), ct), seen => seen.Nodegroup.Status != "CREATING", 60);
        Assert.Equal("ACTIVE", group.Nodegroup.Status);
        return cluster.Cluster;
    }

    /// <summary>A role; its ARN.</summary>
    public async Task<string> MakeRoleAsync(string name, CancellationToken ct)
    {
        var made = await new AwsQueryClient(Host.Aws.Session, AwsService.Iam, "2010-05-08").CallAsync("CreateRole", new AwsParameters()
            .Add("RoleName", name).Add("AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":[]}"""), ct);
        return made.Element("Role").Text("Arn")!;
    }
}
