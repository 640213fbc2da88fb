using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;
using Mayfly.LocalCloud.Aws;

namespace Mayfly.LocalCloud.Tests.Aws;

/// <summary>One AWS of the local cloud for the tests of a class.</summary>
public sealed class LocalAwsFixture : IAsyncLifetime
{
    internal FakeClusters Clusters { get; } = new();

    public LocalAws Aws { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Aws = await LocalAws.StartAsync(new LocalAwsOptions
    {
        Backend = Clusters,
        Eks = options => options with
        {
            ClusterCreation = TimeSpan.FromMilliseconds(100),
            ClusterDeletion = TimeSpan.FromMilliseconds(100),
            NodegroupChange = TimeSpan.FromMilliseconds(100),
            AddonChange = TimeSpan.FromMilliseconds(50),
            JoinPatience = TimeSpan.FromMilliseconds(500),
            LastLogLines = TimeSpan.FromMilliseconds(300),
        },
    });

    public async ValueTask DisposeAsync() => await Aws.DisposeAsync();

    /// <summary>A VPC with a subnet in each of two zones.</summary>
    public async Task<(string Vpc, List<string> Subnets)> MakeVpcAsync(CancellationToken ct)
    {
        using var ec2 = Aws.Session.CreateEc2();
        var vpc = (await ec2.CreateVpcAsync(new CreateVpcRequest("10.9.0.0/16"), ct)).Vpc.VpcId;
        List<string> subnets = [];
        foreach (var (block, zone) in ((string, string)[])[("10.9.1.0/24", "us-east-1a"), ("10.9.2.0/24", "us-east-1b")])
        {
            var request = new CreateSubnetRequest(vpc, block) { AvailabilityZone = zone };
            subnets.Add((await ec2.CreateSubnetAsync(request, ct)).Subnet.SubnetId);
        }

        return (vpc, subnets);
    }

    /// <summary>A role; its ARN.</summary>
    public async Task<string> MakeRoleAsync(string name, CancellationToken ct)
    {
        var iam = new AwsQueryClient(Aws.Session, AwsService.Iam, "2010-05-08");
        var made = await iam.CallAsync("CreateRole", new AwsParameters()
            .Add("RoleName", name).Add("AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":[]}"""), ct);
        return made.Element("Role").Text("Arn")!;
    }
}
