using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Ec2;

/// <summary>aws_vpc_endpoint.</summary>
internal sealed class VpcEndpoint(AwsCloud cloud) : Ec2Resource(cloud)
{
    private static readonly (string Argument, string Member, string Set, string Id)[] Lists =
    [
        ("route_table_ids", "RouteTableId", "routeTableIdSet", ""), ("subnet_ids", "SubnetId", "subnetIdSet", ""), ("security_group_ids", "SecurityGroupId", "groupSet", "groupId"),
    ];

    public override string Type => "aws_vpc_endpoint";

    public override IReadOnlyList<string> ForceNew =>
        ["resource_configuration_arn", "service_name", "service_network_arn", "service_region", "vpc_endpoint_type", "vpc_id"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue> { ["vpc_endpoint_type"] = "Gateway" };

    protected override string Noun => "EC2 VPC Endpoint";

    protected override IReadOnlyList<string> Honoured =>
        ["vpc_id", "service_name", "vpc_endpoint_type", "policy", "private_dns_enabled", .. Lists.Select(list => list.Argument)];

    protected override IReadOnlyList<string> JsonDocuments => ["policy"];

    protected override IReadOnlyList<string> Kept => ["dns_options", "subnet_configuration"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, ["vpc_id", "service_name", "vpc_endpoint_type", "policy=PolicyDocument",
            .. Lists.Select(list => $"{list.Argument}={list.Member}")]);
        input["PrivateDnsEnabled"] = change.State.Bool("private_dns_enabled") ?? false;
        input["ClientToken"] = Ids.Unique();
        input["TagSpecification"] = TagSpecification("vpc-endpoint", change);
        change.State["id"] = (await CallAsync("CreateVpcEndpoint", input, ct)).Must("vpcEndpoint.vpcEndpointId");
        await WaitAsync($"EC2 VPC Endpoint ({change.Id}) create", "available", change.Timeout("create", TimeSpan.FromMinutes(10)),
            async () => (await DescribeAsync(change.Id, ct)).Text("state"), ct, "pending");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        if (await DescribeAsync(id, ct) is not { } endpoint || endpoint.Text("state") is "deleted" or "failed" or "rejected")
        {
            return false;
        }

        state.Take(endpoint, "vpc_id", "service_name", "vpc_endpoint_type", "owner_id", "state", "requester_managed", "private_dns_enabled",
            "ip_address_type", "network_interface_ids=networkInterfaceIdSet");
        state["policy"] = endpoint.Text("policyDocument") is { } policy ? JsonDocument.Normal(policy) : state["policy"];
        state["arn"] = await Cloud.ArnAsync("ec2", $"vpc-endpoint/{id}", ct);
        foreach (var (argument, _, set, name) in Lists)
        {
            state[argument] = TfValue.Strings(endpoint.Texts(set, name));
        }

        state["dns_entry"] = TfValue.Blocks(endpoint.Items("dnsEntrySet").Select(entry => new TfObject().Take(entry, "dns_name", "hosted_zone_id")));
        if (endpoint.Text("vpcEndpointType") == "Gateway")
        {
            var prefixes = await FindAsync("DescribePrefixLists", "prefixListSet", Filter(("prefix-list-name", endpoint.Must("serviceName"))), ct);
            state["prefix_list_id"] = prefixes.Text("prefixListId");
            state["cidr_blocks"] = TfValue.Strings(prefixes.Texts("cidrSet"));
        }

        TakeTags(state, endpoint);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = new JsonObject { ["VpcEndpointId"] = change.Id };
        foreach (var (argument, member, _, _) in Lists)
        {
            var (before, now) = (change.Prior?.Strings(argument) ?? [], change.State.Strings(argument));
            input["Add" + member] = Wire.Array(now.Except(before));
            input["Remove" + member] = Wire.Array(before.Except(now));
        }

        if (change.Changed("policy"))
        {
            input["PolicyDocument"] = change.State.String("policy");
            input["ResetPolicy"] = change.State.String("policy") is null ? true : null;
        }

        if (change.Changed("private_dns_enabled"))
        {
            input["PrivateDnsEnabled"] = change.State.Bool("private_dns_enabled");
        }

        if (input.Count(member => member.Value is not null) > 1)
        {
            await CallAsync("ModifyVpcEndpoint", input, ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await CallAsync("DeleteVpcEndpoints", new() { ["VpcEndpointId"] = new JsonArray(change.Id) }, ct);
        await WaitAsync($"EC2 VPC Endpoint ({change.Id}) delete", "", change.Timeout("delete", TimeSpan.FromMinutes(10)),
            async () => (await DescribeAsync(change.Id, ct)).Text("state") is { } state and not "deleted" ? state : null, ct);
    }

    private Task<JsonNode?> DescribeAsync(string id, CancellationToken ct) =>
        FindAsync("DescribeVpcEndpoints", "vpcEndpointSet", new() { ["VpcEndpointId"] = new JsonArray(id) }, ct);
}
