using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Ec2;

/// <summary>aws_subnet.</summary>
internal sealed class Subnet(AwsCloud cloud) : Ec2Resource(cloud)
{
    private static readonly string[] Switches = ["assign_ipv6_address_on_creation", "map_public_ip_on_launch"];

    public override string Type => "aws_subnet";

    public override IReadOnlyList<string> ForceNew =>
        ["availability_zone", "availability_zone_id", "cidr_block", "ipv6_native", "outpost_arn", "vpc_id"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["assign_ipv6_address_on_creation"] = false,
        ["enable_dns64"] = false,
        ["enable_resource_name_dns_a_record_on_launch"] = false,
        ["enable_resource_name_dns_aaaa_record_on_launch"] = false,
        ["ipv6_native"] = false,
        ["map_public_ip_on_launch"] = false,
    };

    protected override string Noun => "EC2 Subnet";

    protected override IReadOnlyList<string> Honoured => ["vpc_id", "cidr_block", "availability_zone", "availability_zone_id", "ipv6_cidr_block", .. Switches];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, "vpc_id", "cidr_block", "availability_zone", "availability_zone_id", "ipv6_cidr_block");
        input["TagSpecification"] = TagSpecification("subnet", change);
        change.State["id"] = (await CallAsync("CreateSubnet", input, ct)).Must("subnet.subnetId");
        await WaitAsync($"EC2 Subnet ({change.Id}) create", "available", change.Timeout("create", TimeSpan.FromMinutes(10)),
            async () => (await DescribeAsync(change.Id, ct)).Text("state"), ct);
        foreach (var name in Switches.Where(name => change.State.Bool(name) == true))
        {
            await ModifyAsync("ModifySubnetAttribute", "SubnetId", change.Id, Mapping.Pascal(name), true, ct);
        }
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        if (await DescribeAsync(state.Required("id"), ct) is not { } subnet)
        {
            return false;
        }

        state.Take(subnet, "arn=subnetArn", "availability_zone", "availability_zone_id", "cidr_block", "owner_id", "vpc_id", "outpost_arn",
            "customer_owned_ipv4_pool", "ipv6_native", "assign_ipv6_address_on_creation", "map_customer_owned_ip_on_launch", "map_public_ip_on_launch",
            "private_dns_hostname_type_on_launch=privateDnsNameOptionsOnLaunch.hostnameType",
            "ipv6_cidr_block=ipv6CidrBlockAssociationSet.0.ipv6CidrBlock", "ipv6_cidr_block_association_id=ipv6CidrBlockAssociationSet.0.associationId");
        TakeTags(state, subnet);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        foreach (var name in Switches.Where(change.Changed))
        {
            await ModifyAsync("ModifySubnetAttribute", "SubnetId", change.Id, Mapping.Pascal(name), change.State.Bool(name) ?? false, ct);
        }

        if (change.Changed("ipv6_cidr_block"))
        {
            if (change.Prior?.String("ipv6_cidr_block_association_id") is { Length: > 0 } association)
            {
                await CallAsync("DisassociateSubnetCidrBlock", new() { ["AssociationId"] = association }, ct);
            }

            if (change.State.String("ipv6_cidr_block") is { Length: > 0 } block)
            {
                await CallAsync("AssociateSubnetCidrBlock", new() { ["SubnetId"] = change.Id, ["Ipv6CidrBlock"] = block }, ct);
            }
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        DeleteWhenFreeAsync("DeleteSubnet", new() { ["SubnetId"] = change.Id }, change.Timeout("delete", TimeSpan.FromMinutes(20)), ct);

    private Task<JsonNode?> DescribeAsync(string id, CancellationToken ct) =>
        FindAsync("DescribeSubnets", "subnetSet", new() { ["SubnetId"] = new JsonArray(id) }, ct);
}
