using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.Route53;
using Mayfly.Aws.Route53.Model;
using Tag = Amazon.EC2.Model.Tag;

namespace Mayfly.EndToEnd.Tests.Matrices.States;

/// <summary>
/// Addresses and records that dead controllers left, of the environment itself and of others whose names begin alike (pr-4, pr-42,
/// pr-420): the latter have to be there still when it has come back or gone.
/// </summary>
public static class Namesakes
{
    private const string Zone = "jetscale.ai";

    /// <summary>Deletes the cluster and leaves a load balancer's address on its interface, one that is free, and a namesake's.</summary>
    public static async Task LeaveAddressesAsync(Hands hands, CancellationToken ct)
    {
        await hands.DeleteClusterAsync(ct);
        using var ec2 = hands.Session.CreateEc2();
        var vpcs = await ec2.DescribeVpcsAsync(new DescribeVpcsRequest { Filters = [new Filter("tag:mayfly:environment", [hands.Environment])] }, ct);
        var subnets = await ec2.DescribeSubnetsAsync(
            new DescribeSubnetsRequest { Filters = [new Filter("vpc-id", [Assert.Single(vpcs.Vpcs).VpcId])] }, ct);
        var face = await ec2.CreateNetworkInterfaceAsync(new CreateNetworkInterfaceRequest
        {
            SubnetId = subnets.Subnets[0].SubnetId,
            Description = "ELB net/k8s-old-old-0123456789/0123456789abcdef",
        }, ct);
        var used = await AllocateAsync(ec2, hands.Environment, ct);
        await ec2.AssociateAddressAsync(
            new AssociateAddressRequest { AllocationId = used, NetworkInterfaceId = face.NetworkInterface.NetworkInterfaceId }, ct);
        await AllocateAsync(ec2, hands.Environment, ct);
        foreach (var name in NamesOf(hands))
        {
            await AllocateAsync(ec2, name, ct);
        }
    }

    /// <summary>The namesakes' addresses are there; they are released then.</summary>
    public static async Task KeepAddressesAsync(Hands hands, CancellationToken ct)
    {
        using var ec2 = hands.Session.CreateEc2();
        foreach (var name in NamesOf(hands))
        {
            var found = await ec2.DescribeAddressesAsync(new DescribeAddressesRequest { Filters = [new Filter("tag:elbv2.k8s.aws/cluster", [name])] }, ct);
            await ec2.ReleaseAddressAsync(new ReleaseAddressRequest { AllocationId = Assert.Single(found.Addresses ?? []).AllocationId }, ct);
        }
    }

    /// <summary>Deletes the cluster, which leaves its records, and puts those of namesakes beside them.</summary>
    public static async Task LeaveRecordsAsync(Hands hands, CancellationToken ct)
    {
        await hands.DeleteClusterAsync(ct);
        await ChangeAsync(hands, "CREATE", NamesOf(hands), ct);
    }

    /// <summary>Makes the records that a dead environment of the name left, in both forms of marks, and those of namesakes.</summary>
    public static Task MakeRecordsAsync(Hands hands, CancellationToken ct) => ChangeAsync(hands, "CREATE", [hands.Environment, .. NamesOf(hands)], ct);

    /// <summary>The namesakes' records are there as they were made; they are removed then.</summary>
    public static Task KeepRecordsAsync(Hands hands, CancellationToken ct) => ChangeAsync(hands, "DELETE", NamesOf(hands), ct);

    private static string[] NamesOf(Hands hands) => [hands.Environment[..^1], hands.Environment + "0"];

    private static async Task<string> AllocateAsync(AmazonEC2Client ec2, string owner, CancellationToken ct) => (await ec2.AllocateAddressAsync(new AllocateAddressRequest
    {
        Domain = "vpc",
        TagSpecifications = [new TagSpecification { ResourceType = "elastic-ip", Tags = [new Tag("elbv2.k8s.aws/cluster", owner)] }],
    }, ct)).AllocationId;

    // Route 53 refuses to delete what is not there exactly so.
    private static async Task ChangeAsync(Hands hands, string action, string[] owners, CancellationToken ct)
    {
        var dns = hands.Session.CreateRoute53();
        var zone = (await dns.ListHostedZonesByNameAsync(new ListHostedZonesByNameRequest(Zone), ct)).HostedZones.First(zone => zone.Name == Zone + ".");
        var changes = owners.SelectMany(RecordsOf).Select(record => new Change(action, record)).ToList();
        await dns.ChangeResourceRecordSetsAsync(new ChangeResourceRecordSetsRequest(zone.Id.Split('/')[^1], new ChangeBatch(changes)), ct);
    }

    private static IEnumerable<ResourceRecordSet> RecordsOf(string owner)
    {
        var host = $"{owner}-matrix-unstable.{Zone}.";
        var mark = $"\"heritage=external-dns,external-dns/owner={owner},external-dns/resource=ingress/{owner}/{owner}\"";
        return
        [
            new() { Name = host, Type = "A", TTL = 300, ResourceRecords = [new ResourceRecord("192.0.2.7")] },
            new() { Name = host, Type = "TXT", TTL = 300, ResourceRecords = [new ResourceRecord(mark)] },
            new() { Name = $"a-{host}", Type = "TXT", TTL = 300, ResourceRecords = [new ResourceRecord(mark)] },
        ];
    }
}
