using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Ec2;

/// <summary>aws_internet_gateway.</summary>
internal sealed class InternetGateway(AwsCloud cloud) : Ec2Resource(cloud)
{
    public override string Type => "aws_internet_gateway";

    protected override string Noun => "EC2 Internet Gateway";

    protected override IReadOnlyList<string> Honoured => ["vpc_id"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var answer = await CallAsync("CreateInternetGateway", new() { ["TagSpecification"] = TagSpecification("internet-gateway", change) }, ct);
        change.State["id"] = answer.Must("internetGateway.internetGatewayId");
        await AttachAsync("AttachInternetGateway", change.Id, change.State.String("vpc_id"), ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        if (await FindAsync("DescribeInternetGateways", "internetGatewaySet", new() { ["InternetGatewayId"] = new JsonArray(id) }, ct) is not { } gateway)
        {
            return false;
        }

        state["vpc_id"] = gateway.Text("attachmentSet.0.vpcId");
        state["owner_id"] = gateway.Text("ownerId");
        state["arn"] = await Cloud.ArnAsync("ec2", $"internet-gateway/{id}", ct);
        TakeTags(state, gateway);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("vpc_id"))
        {
            await AttachAsync("DetachInternetGateway", change.Id, change.Prior?.String("vpc_id"), ct);
            await AttachAsync("AttachInternetGateway", change.Id, change.State.String("vpc_id"), ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.State.String("vpc_id") is { Length: > 0 } vpc)
        {
            var limit = change.Timeout("delete", TimeSpan.FromMinutes(20));
            await DeleteWhenFreeAsync("DetachInternetGateway", new() { ["InternetGatewayId"] = change.Id, ["VpcId"] = vpc }, limit, ct);
        }

        await CallAsync("DeleteInternetGateway", new() { ["InternetGatewayId"] = change.Id }, ct);
    }

    private async Task AttachAsync(string operation, string id, string? vpc, CancellationToken ct)
    {
        if (vpc is { Length: > 0 })
        {
            await CallAsync(operation, new() { ["InternetGatewayId"] = id, ["VpcId"] = vpc }, ct);
        }
    }
}

/// <summary>aws_eip.</summary>
internal sealed class ElasticIp(AwsCloud cloud) : Ec2Resource(cloud)
{
    private static readonly string[] Association = ["instance=InstanceId", "network_interface=NetworkInterfaceId", "associate_with_private_ip=PrivateIpAddress"];

    public override string Type => "aws_eip";

    public override IReadOnlyList<string> ForceNew =>
        ["address", "customer_owned_ipv4_pool", "domain", "ipam_pool_id", "network_border_group", "public_ipv4_pool"];

    protected override string Noun => "EC2 EIP";

    protected override IReadOnlyList<string> Honoured => ["domain", "address", "instance", "network_interface", "associate_with_private_ip"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, "address");
        input["Domain"] = "vpc";
        input["TagSpecification"] = TagSpecification("elastic-ip", change);
        change.State["id"] = (await CallAsync("AllocateAddress", input, ct)).Must("allocationId");
        await AssociateAsync(change, ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        if (await FindAsync("DescribeAddresses", "addressesSet", new() { ["AllocationId"] = new JsonArray(id) }, ct) is not { } address)
        {
            return false;
        }

        state.Take(address, "allocation_id", "domain", "public_ip", "public_ipv4_pool", "network_border_group");
        state["association_id"] = address.Text("associationId") ?? "";
        state["instance"] = address.Text("instanceId") ?? "";
        state["network_interface"] = address.Text("networkInterfaceId") ?? "";
        state["private_ip"] = address.Text("privateIpAddress") ?? "";
        state["public_dns"] = Dns("ec2-", state.String("public_ip"), Cloud.Region == "us-east-1" ? "compute-1.amazonaws.com" : $"{Cloud.Region}.compute.{Cloud.DnsSuffix}");
        state["private_dns"] = Dns("ip-", state.String("private_ip"), Cloud.Region == "us-east-1" ? "ec2.internal" : $"{Cloud.Region}.compute.internal");
        state["arn"] = await Cloud.ArnAsync("ec2", $"elastic-ip/{id}", ct);
        TakeTags(state, address);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("instance") || change.Changed("network_interface") || change.Changed("associate_with_private_ip"))
        {
            await DisassociateAsync(change.Prior!, ct);
            await AssociateAsync(change, ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.State.String("instance") is { Length: > 0 } || change.State.String("network_interface") is { Length: > 0 })
        {
            await DisassociateAsync(change.State, ct);
        }

        await DeleteWhenFreeAsync("ReleaseAddress", new() { ["AllocationId"] = change.Id }, change.Timeout("delete", TimeSpan.FromMinutes(3)), ct);
    }

    private static string? Dns(string prefix, string? address, string domain) =>
        address is { Length: > 0 } ? $"{prefix}{address.Replace('.', '-')}.{domain}" : null;

    private async Task AssociateAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.Config.Give(Mapping.Pascal, Association);
        if (input.Count > 0)
        {
            input["AllocationId"] = change.Id;
            await CallAsync("AssociateAddress", input, ct);
        }
    }

    private async Task DisassociateAsync(TfObject state, CancellationToken ct)
    {
        if (state.String("association_id") is { Length: > 0 } association)
        {
            await CallAsync("DisassociateAddress", new() { ["AssociationId"] = association }, ct);
        }
    }
}

/// <summary>aws_nat_gateway.</summary>
internal sealed class NatGateway(AwsCloud cloud) : Ec2Resource(cloud)
{
    public override string Type => "aws_nat_gateway";

    public override IReadOnlyList<string> ForceNew => ["allocation_id", "availability_mode", "connectivity_type", "private_ip", "subnet_id", "vpc_id"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } =
        new Dictionary<string, TfValue> { ["connectivity_type"] = "public", ["availability_mode"] = "zonal" };

    protected override string Noun => "EC2 NAT Gateway";

    protected override IReadOnlyList<string> Honoured => ["subnet_id", "allocation_id", "connectivity_type", "private_ip"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, "subnet_id", "allocation_id", "connectivity_type", "private_ip=PrivateIpAddress");
        input["ClientToken"] = Ids.Unique();
        input["TagSpecification"] = TagSpecification("natgateway", change);
        change.State["id"] = (await CallAsync("CreateNatGateway", input, ct)).Must("natGateway.natGatewayId");
        await WaitAsync($"EC2 NAT Gateway ({change.Id}) create", "available", change.Timeout("create", TimeSpan.FromMinutes(10)),
            async () => (await DescribeAsync(change.Id, ct)).Text("state"), ct, "pending");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        if (await DescribeAsync(state.Required("id"), ct) is not { } gateway || gateway.Text("state") is "deleted" or "failed")
        {
            return false;
        }

        const string Address = "natGatewayAddressSet.0.";
        state.Take(gateway, "subnet_id", "vpc_id", "connectivity_type", $"allocation_id={Address}allocationId", $"association_id={Address}associationId",
            $"network_interface_id={Address}networkInterfaceId", $"private_ip={Address}privateIp", $"public_ip={Address}publicIp");
        state["secondary_private_ip_address_count"] = 0;
        TakeTags(state, gateway);
        return true;
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await CallAsync("DeleteNatGateway", new() { ["NatGatewayId"] = change.Id }, ct);
        await WaitAsync($"EC2 NAT Gateway ({change.Id}) delete", "", change.Timeout("delete", TimeSpan.FromMinutes(30)),
            async () => (await DescribeAsync(change.Id, ct)).Text("state") is { } state and not "deleted" ? state : null, ct);
    }

    private Task<JsonNode?> DescribeAsync(string id, CancellationToken ct) =>
        FindAsync("DescribeNatGateways", "natGatewaySet", new() { ["NatGatewayId"] = new JsonArray(id) }, ct);
}
