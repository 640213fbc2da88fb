using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Data;

/// <summary>aws_caller_identity.</summary>
internal sealed class CallerIdentity(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_caller_identity";

    protected override string Noun => "STS Caller Identity";

    protected override async Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        state.Take(await Cloud.IdentityAsync(ct), "account_id=Account", "id=Account", "arn", "user_id");
    }
}

/// <summary>aws_partition.</summary>
internal sealed class Partition(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_partition";

    protected override string Noun => "AWS Partition";

    protected override Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        state["id"] = state["partition"] = Cloud.Partition;
        state["dns_suffix"] = Cloud.DnsSuffix;
        state["reverse_dns_prefix"] = string.Join('.', Cloud.DnsSuffix.Split('.').Reverse());
        return Task.CompletedTask;
    }
}

/// <summary>aws_region.</summary>
internal sealed class Region(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_region";

    protected override string Noun => "AWS Region";

    protected override Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var region = state.String("region") ?? state.String("name")
            ?? (state.String("endpoint") is { } endpoint ? endpoint.Split('.').ElementAtOrDefault(1) : null) ?? Cloud.Region;
        var known = Amazon.RegionEndpoint.EnumerableAllRegions.FirstOrDefault(each => each.SystemName == region)
            ?? throw new ProviderException($"no matching Region found: {region}");
        state["id"] = state["name"] = state["region"] = known.SystemName;
        state["endpoint"] = $"ec2.{known.SystemName}.{known.PartitionDnsSuffix}";
        state["description"] = known.DisplayName;
        return Task.CompletedTask;
    }
}

/// <summary>aws_availability_zones.</summary>
internal sealed class AvailabilityZones(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_availability_zones";

    protected override string Noun => "EC2 Availability Zones";

    protected override async Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var input = Filters.Of(state, ("state", state.String("state")));
        input["AllAvailabilityZones"] = state.Bool("all_availability_zones");
        var answer = await Cloud.CallAsync(AwsApi.Ec2, "DescribeAvailabilityZones", input, ct);
        var (names, ids) = (state.Strings("exclude_names"), state.Strings("exclude_zone_ids"));
        var zones = answer.Items("availabilityZoneInfo").Where(zone => !names.Contains(zone.Text("zoneName")) && !ids.Contains(zone.Text("zoneId")))
            .OrderBy(zone => zone.Text("zoneName"), StringComparer.Ordinal).ToList();
        state["id"] = Cloud.Region;
        state["names"] = TfValue.Strings(zones.Select(zone => zone.Must("zoneName")));
        state["zone_ids"] = TfValue.Strings(zones.Select(zone => zone.Must("zoneId")));
        state["group_names"] = TfValue.Strings(zones.Select(zone => zone.Text("groupName") ?? "").Distinct());
    }
}

/// <summary>EC2's filters, as data sources have them in common.</summary>
internal static class Filters
{
    /// <summary>A request with the <c>filter</c> blocks, the <c>tags</c>, and these filters where they have a value.</summary>
    public static JsonObject Of(TfObject state, params (string Name, string? Value)[] more)
    {
        var filters = more.Where(each => each.Value is { Length: > 0 }).Select(each => (each.Name, Values: (IReadOnlyList<string>)[each.Value!]))
            .Concat(state.Map("tags").Select(tag => ($"tag:{tag.Key}", (IReadOnlyList<string>)[tag.Value])))
            .Concat(state.Blocks("filter").Select(filter => (filter.Required("name"), filter.Strings("values"))))
            .Select(each => (JsonNode)new JsonObject { ["Name"] = each.Item1, ["Value"] = Wire.Array(each.Item2) });
        var array = new JsonArray([.. filters]);
        return array.Count == 0 ? [] : new() { ["Filter"] = array };
    }
}

/// <summary>aws_eks_cluster_auth: a token that EKS takes.</summary>
internal sealed class ClusterAuth(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_eks_cluster_auth";

    protected override string Noun => "EKS Cluster Authentication Token";

    protected override async Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        state["id"] = state["name"];
        state["token"] = (await EksToken.CreateAsync(Cloud.Session(AwsService.Sts), state.Required("name"), ct)).Token;
    }
}

/// <summary>aws_eks_cluster.</summary>
internal sealed class ClusterData(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_eks_cluster";

    protected override string Noun => "EKS Cluster";

    protected override async Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var name = state.Required("name");
        state["id"] = name;
        var cluster = new TfObject { ["id"] = name };
        if (!await new Eks.Cluster(Cloud).ReadAsync(cluster, ct))
        {
            throw new ProviderException($"reading EKS Cluster ({name}): couldn't find resource");
        }

        cluster["tags"] = cluster["tags_all"];
        foreach (var attribute in state.Names.ToList().Where(attribute => cluster[attribute].HasValue))
        {
            state[attribute] = cluster[attribute];
        }
    }
}
