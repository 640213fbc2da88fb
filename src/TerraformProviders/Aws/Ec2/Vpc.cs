using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Ec2;

/// <summary>aws_vpc.</summary>
internal sealed class Vpc(AwsCloud cloud) : Ec2Resource(cloud)
{
    private static readonly (string Argument, string Attribute)[] Switches =
    [
        ("enable_dns_support", "enableDnsSupport"), ("enable_dns_hostnames", "enableDnsHostnames"),
        ("enable_network_address_usage_metrics", "enableNetworkAddressUsageMetrics"),
    ];

    public override string Type => "aws_vpc";

    public override IReadOnlyList<string> ForceNew => ["cidr_block", "instance_tenancy", "ipv4_ipam_pool_id", "ipv4_netmask_length"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } =
        new Dictionary<string, TfValue> { ["instance_tenancy"] = "default", ["enable_dns_support"] = true };

    protected override string Noun => "EC2 VPC";

    protected override IReadOnlyList<string> Honoured =>
        ["cidr_block", "instance_tenancy", "assign_generated_ipv6_cidr_block", .. Switches.Select(each => each.Argument)];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, "cidr_block", "instance_tenancy", "assign_generated_ipv6_cidr_block=AmazonProvidedIpv6CidrBlock");
        input["TagSpecification"] = TagSpecification("vpc", change);
        change.State["id"] = (await CallAsync("CreateVpc", input, ct)).Must("vpc.vpcId");
        foreach (var (argument, attribute) in Switches)
        {
            if (change.Config.Bool(argument) is { } value)
            {
                await ModifyAsync("ModifyVpcAttribute", "VpcId", change.Id, Mapping.Pascal(attribute), value, ct);
            }
        }
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        if (await FindAsync("DescribeVpcs", "vpcSet", new() { ["VpcId"] = new JsonArray(id) }, ct) is not { } vpc)
        {
            return false;
        }

        state.Take(vpc, "cidr_block", "instance_tenancy", "dhcp_options_id", "owner_id",
            "ipv6_association_id=ipv6CidrBlockAssociationSet.0.associationId", "ipv6_cidr_block=ipv6CidrBlockAssociationSet.0.ipv6CidrBlock",
            "ipv6_cidr_block_network_border_group=ipv6CidrBlockAssociationSet.0.networkBorderGroup");
        state["assign_generated_ipv6_cidr_block"] = vpc.Items("ipv6CidrBlockAssociationSet").Count > 0;
        state["arn"] = await Cloud.ArnAsync("ec2", $"vpc/{id}", ct);
        TakeTags(state, vpc);
        var attributes = await Task.WhenAll(Switches.Select(each => CallAsync("DescribeVpcAttribute", new() { ["VpcId"] = id, ["Attribute"] = each.Attribute }, ct)));
        foreach (var ((argument, attribute), answer) in Switches.Zip(attributes))
        {
            state[argument] = answer.Flag($"{attribute}.value");
        }

        var mine = ("vpc-id", id);
        var acl = await FindAsync("DescribeNetworkAcls", "networkAclSet", Filter(("default", "true"), mine), ct);
        var table = await FindAsync("DescribeRouteTables", "routeTableSet", Filter(("association.main", "true"), mine), ct);
        var group = await FindAsync("DescribeSecurityGroups", "securityGroupInfo", Filter(("group-name", "default"), mine), ct);
        state["default_network_acl_id"] = acl.Text("networkAclId");
        state["main_route_table_id"] = state["default_route_table_id"] = table.Text("routeTableId");
        state["default_security_group_id"] = group.Text("groupId");
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        foreach (var (argument, attribute) in Switches.Where(each => change.Changed(each.Argument)))
        {
            await ModifyAsync("ModifyVpcAttribute", "VpcId", change.Id, Mapping.Pascal(attribute), change.State.Bool(argument) ?? false, ct);
        }

        if (change.Changed("assign_generated_ipv6_cidr_block"))
        {
            await (change.State.Bool("assign_generated_ipv6_cidr_block") == true
                ? CallAsync("AssociateVpcCidrBlock", new() { ["VpcId"] = change.Id, ["AmazonProvidedIpv6CidrBlock"] = true }, ct)
                : CallAsync("DisassociateVpcCidrBlock", new() { ["AssociationId"] = change.Prior?.String("ipv6_association_id") }, ct));
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        DeleteWhenFreeAsync("DeleteVpc", new() { ["VpcId"] = change.Id }, TimeSpan.FromMinutes(5), ct);
}
