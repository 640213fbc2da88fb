using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Ec2;

/// <summary>What a route is made of: where to, and through what. Both by argument, the API's member follows from the name.</summary>
internal static class RouteParts
{
    /// <summary>Targets of a route.</summary>
    public static readonly string[] Targets =
    [
        "carrier_gateway_id", "core_network_arn", "egress_only_gateway_id=EgressOnlyInternetGatewayId", "gateway_id", "local_gateway_id", "nat_gateway_id",
        "network_interface_id", "transit_gateway_id", "vpc_endpoint_id", "vpc_peering_connection_id",
    ];

    /// <summary>The same, as an answer names them.</summary>
    public static readonly string[] TargetAnswers =
        [.. Targets.Select(target => target.StartsWith("egress", StringComparison.Ordinal) ? "egress_only_gateway_id=egressOnlyInternetGatewayId" : target)];

    /// <summary>Names of the targets.</summary>
    public static readonly string[] TargetNames = [.. Targets.Select(target => target.Split('=')[0])];

    /// <summary>Whether a route is one that somebody made, not the VPC's own or a gateway endpoint's.</summary>
    public static bool IsMade(JsonNode route) => route.Text("gatewayId") is var gateway && gateway != "local"
        && gateway?.StartsWith("vpce-", StringComparison.Ordinal) != true && route.Text("origin") is not "EnableVgwRoutePropagation";

    /// <summary>Takes a route's target; a kind that it does not have becomes empty.</summary>
    public static void TakeTarget(TfObject state, JsonNode route)
    {
        foreach (var name in TargetNames)
        {
            state[name] = "";
        }

        state.Take(route, TargetAnswers);
        if (state.String("gateway_id")?.StartsWith("vpce-", StringComparison.Ordinal) == true)
        {
            (state["vpc_endpoint_id"], state["gateway_id"]) = (state["gateway_id"], "");
        }
    }
}

/// <summary>aws_route_table.</summary>
internal sealed class RouteTable(AwsCloud cloud) : Ec2Resource(cloud)
{
    private static readonly string[] Destinations =
        ["cidr_block=DestinationCidrBlock", "ipv6_cidr_block=DestinationIpv6CidrBlock", "destination_prefix_list_id"];

    public override string Type => "aws_route_table";

    public override IReadOnlyList<string> ForceNew => ["vpc_id"];

    protected override string Noun => "Route Table";

    protected override IReadOnlyList<string> Honoured => ["vpc_id", "route"];

    protected override IReadOnlyList<string> Kept => ["route"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, "vpc_id");
        input["TagSpecification"] = TagSpecification("route-table", change);
        change.State["id"] = (await CallAsync("CreateRouteTable", input, ct)).Must("routeTable.routeTableId");
        foreach (var route in change.State.Blocks("route"))
        {
            await CallAsync("CreateRoute", RouteOf(change.Id, route), ct);
        }
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        if (await FindAsync("DescribeRouteTables", "routeTableSet", new() { ["RouteTableId"] = new JsonArray(id) }, ct) is not { } table)
        {
            return false;
        }

        state.Take(table, "vpc_id", "owner_id");
        state["arn"] = await Cloud.ArnAsync("ec2", $"route-table/{id}", ct);
        state["propagating_vgws"] = TfValue.Strings(table.Texts("propagatingVgwSet", "gatewayId"));
        state["route"] = TfValue.Blocks(table.Items("routeSet").Where(RouteParts.IsMade).Select(Block));
        TakeTags(state, table);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (!change.Changed("route"))
        {
            return;
        }

        var before = (change.Prior?.Blocks("route") ?? []).ToDictionary(Destination);
        var now = change.State.Blocks("route").ToDictionary(Destination);
        foreach (var (destination, route) in before.Where(route => !now.ContainsKey(route.Key)))
        {
            await CallAsync("DeleteRoute", DestinationOf(change.Id, route), ct);
        }

        foreach (var (destination, route) in now)
        {
            if (!before.TryGetValue(destination, out var old))
            {
                await CallAsync("CreateRoute", RouteOf(change.Id, route), ct);
            }
            else if (!JsonNode.DeepEquals(RouteOf(change.Id, old), RouteOf(change.Id, route)))
            {
                await CallAsync("ReplaceRoute", RouteOf(change.Id, route), ct);
            }
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var table = await FindAsync("DescribeRouteTables", "routeTableSet", new() { ["RouteTableId"] = new JsonArray(change.Id) }, ct);
        foreach (var association in table.Items("associationSet").Where(association => !association.Flag("main")))
        {
            await CallAsync("DisassociateRouteTable", new() { ["AssociationId"] = association.Must("routeTableAssociationId") }, ct);
        }

        await CallAsync("DeleteRouteTable", new() { ["RouteTableId"] = change.Id }, ct);
    }

    private static TfObject Block(JsonNode route)
    {
        var block = new TfObject { ["cidr_block"] = "", ["ipv6_cidr_block"] = "", ["destination_prefix_list_id"] = "" };
        block.Take(route, "cidr_block=destinationCidrBlock", "ipv6_cidr_block=destinationIpv6CidrBlock", "destination_prefix_list_id");
        RouteParts.TakeTarget(block, route);
        return block;
    }

    private static string Destination(TfObject route) =>
        Destinations.Select(name => route.String(name.Split('=')[0])).FirstOrDefault(text => text is { Length: > 0 }) ?? "";

    private static JsonObject DestinationOf(string table, TfObject route) => WithTable(table, Filled(route).Give(Mapping.Pascal, Destinations));

    private static JsonObject RouteOf(string table, TfObject route) =>
        WithTable(table, Filled(route).Give(Mapping.Pascal, [.. Destinations, .. RouteParts.Targets]));

    private static TfObject Filled(TfObject route) => new(route.Where(entry => entry.Value is not TfString { Text: "" }));

    private static JsonObject WithTable(string table, JsonObject input)
    {
        input["RouteTableId"] = table;
        return input;
    }
}

/// <summary>aws_route.</summary>
internal sealed class Route(AwsCloud cloud) : Ec2Resource(cloud)
{
    private static readonly string[] Destinations = ["destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"];

    public override string Type => "aws_route";

    public override IReadOnlyList<string> ForceNew => [.. Destinations, "route_table_id"];

    protected override string Noun => "Route in Route Table";

    protected override IReadOnlyList<string> Honoured => [.. ForceNew, .. RouteParts.TargetNames];

    protected override string Label(TfObject state) => $"{state.String("route_table_id")}) with destination ({Destination(state)}";

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await CallAsync("CreateRoute", change.State.Give(Mapping.Pascal, ["route_table_id", .. Destinations, .. RouteParts.Targets]), ct);
        change.State["id"] = IdOf(change.State);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var table = await FindAsync("DescribeRouteTables", "routeTableSet", new() { ["RouteTableId"] = new JsonArray(state.Required("route_table_id")) }, ct);
        var route = table.Items("routeSet").FirstOrDefault(route =>
            Destinations.Any(name => state.String(name) is { Length: > 0 } wanted && route.Text(Mapping.Camel(name)) == wanted));
        if (route is null)
        {
            return false;
        }

        RouteParts.TakeTarget(state, route);
        foreach (var name in Destinations)
        {
            state[name] = route.Text(Mapping.Camel(name)) ?? "";
        }

        state["instance_id"] = route.Text("instanceId") ?? "";
        state["instance_owner_id"] = route.Text("instanceOwnerId") ?? "";
        state["origin"] = route.Text("origin");
        state["state"] = route.Text("state");
        state["id"] = IdOf(state);
        return true;
    }

    protected override Task UpdateCoreAsync(ResourceChange change, CancellationToken ct) => CallAsync("ReplaceRoute",
        change.Config.Give(Mapping.Pascal, ["route_table_id", .. Destinations, .. RouteParts.Targets]), ct);

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("DeleteRoute", new TfObject(change.State.Where(entry => entry.Value is not TfString { Text: "" }))
            .Give(Mapping.Pascal, ["route_table_id", .. Destinations]), ct);

    public override Task<TfObject> ImportAsync(string id, CancellationToken ct)
    {
        var at = id.IndexOf('_', StringComparison.Ordinal);
        if (at <= 0 || at == id.Length - 1)
        {
            throw new ProviderException($"unexpected format of ID (\"{id}\"), expected ROUTETABLEID_DESTINATION");
        }

        var destination = id[(at + 1)..];
        var state = new TfObject { ["route_table_id"] = id[..at] };
        state[destination.Contains(':') ? Destinations[1] : destination.StartsWith("pl-", StringComparison.Ordinal) ? Destinations[2] : Destinations[0]] = destination;
        state["id"] = IdOf(state);
        return Task.FromResult(state);
    }

    // What a route goes through is one thing: when that is another kind of thing now, the former one is not kept.
    public override void Plan(ResourcePlan plan)
    {
        base.Plan(plan);
        var configured = RouteParts.TargetNames.Where(name => !plan.Config[name].IsNull).ToList();
        foreach (var name in RouteParts.TargetNames.Where(name => configured.Count > 0 && !configured.Contains(name) && plan.Prior?.String(name) is { Length: > 0 }))
        {
            plan.Planned[name] = "";
        }
    }

    private static string Destination(TfObject state) => Destinations.Select(state.String).FirstOrDefault(text => text is { Length: > 0 }) ?? "";

    private static string IdOf(TfObject state) => $"r-{state.String("route_table_id")}{Ids.Hash(Destination(state))}";
}

/// <summary>aws_route_table_association.</summary>
internal sealed class RouteTableAssociation(AwsCloud cloud) : Ec2Resource(cloud)
{
    public override string Type => "aws_route_table_association";

    public override IReadOnlyList<string> ForceNew => ["gateway_id", "subnet_id"];

    protected override string Noun => "Route Table Association";

    protected override IReadOnlyList<string> Honoured => ["gateway_id", "subnet_id", "route_table_id"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct) => change.State["id"] =
        (await CallAsync("AssociateRouteTable", change.State.Give(Mapping.Pascal, "route_table_id", "subnet_id", "gateway_id"), ct)).Must("associationId");

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        var table = await FindAsync("DescribeRouteTables", "routeTableSet", Filter(("association.route-table-association-id", id)), ct);
        if (table.Items("associationSet").FirstOrDefault(each => each.Text("routeTableAssociationId") == id) is not { } association)
        {
            return false;
        }

        state["route_table_id"] = association.Text("routeTableId");
        state["subnet_id"] = association.Text("subnetId") ?? "";
        state["gateway_id"] = association.Text("gatewayId") ?? "";
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, "route_table_id");
        input["AssociationId"] = change.Id;
        change.State["id"] = (await CallAsync("ReplaceRouteTableAssociation", input, ct)).Must("newAssociationId");
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("DisassociateRouteTable", new() { ["AssociationId"] = change.Id }, ct);

    public override async Task<TfObject> ImportAsync(string id, CancellationToken ct)
    {
        var parts = id.Split('/');
        if (parts.Length != 2)
        {
            throw new ProviderException($"Unexpected format for import: {id}. Use 'subnet ID/route table ID' or 'gateway ID/route table ID");
        }

        var table = await FindAsync("DescribeRouteTables", "routeTableSet", new() { ["RouteTableId"] = new JsonArray(parts[1]) }, ct);
        var association = table.Items("associationSet").FirstOrDefault(each => each.Text("subnetId") == parts[0] || each.Text("gatewayId") == parts[0])
            ?? throw new ProviderException($"No association found between route table {parts[1]} and {parts[0]}");
        return new TfObject { ["id"] = association.Must("routeTableAssociationId") };
    }
}
