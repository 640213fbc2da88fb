using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Databases;

/// <summary>aws_elasticache_subnet_group.</summary>
internal sealed class CacheSubnetGroup(AwsCloud cloud) : DatabaseResource(cloud, AwsApi.ElastiCache)
{
    public override string Type => "aws_elasticache_subnet_group";

    public override IReadOnlyList<string> ForceNew => ["name"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue> { ["description"] = "Managed by Terraform" };

    protected override string Noun => "ElastiCache Subnet Group";

    protected override IReadOnlyList<string> Honoured => ["name", "description", "subnet_ids"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, "name=CacheSubnetGroupName", "description=CacheSubnetGroupDescription");
        (input["SubnetIds"], input["Tags"]) = (Subnets(change.State), Pairs(TagsOf(change)));
        change.State["id"] = (await CallAsync("CreateCacheSubnetGroup", input, ct)).Must("CacheSubnetGroup.CacheSubnetGroupName");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var answer = await CallAsync("DescribeCacheSubnetGroups", new() { ["CacheSubnetGroupName"] = state.Required("id") }, ct);
        if (answer.Items("CacheSubnetGroups").FirstOrDefault() is not { } group)
        {
            return false;
        }

        state.Take(group, "arn=ARN", "name=CacheSubnetGroupName", "description=CacheSubnetGroupDescription", "vpc_id");
        state["subnet_ids"] = TfValue.Strings(group.Texts("Subnets", "SubnetIdentifier"));
        await TakeTagsAsync(state, ct);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("subnet_ids") || change.Changed("description"))
        {
            var input = change.State.Give(Mapping.Pascal, "name=CacheSubnetGroupName", "description=CacheSubnetGroupDescription");
            input["SubnetIds"] = Subnets(change.State);
            await CallAsync("ModifyCacheSubnetGroup", input, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("DeleteCacheSubnetGroup", new() { ["CacheSubnetGroupName"] = change.Id }, ct);
}

/// <summary>aws_elasticache_replication_group.</summary>
internal sealed class ReplicationGroup(AwsCloud cloud) : DatabaseResource(cloud, AwsApi.ElastiCache)
{
    private static readonly string[] Plain =
    [
        "replication_group_id", "description=ReplicationGroupDescription", "node_type=CacheNodeType", "num_cache_clusters", "num_node_groups",
        "replicas_per_node_group", "engine", "engine_version", "subnet_group_name=CacheSubnetGroupName", "port", "at_rest_encryption_enabled",
        "transit_encryption_enabled", "transit_encryption_mode", "automatic_failover_enabled", "multi_az_enabled=MultiAZEnabled", "kms_key_id",
        "parameter_group_name=CacheParameterGroupName", "snapshot_retention_limit", "snapshot_window", "maintenance_window=PreferredMaintenanceWindow",
        "auto_minor_version_upgrade", "ip_discovery", "network_type",
    ];

    public override string Type => "aws_elasticache_replication_group";

    public override IReadOnlyList<string> ForceNew =>
        ["at_rest_encryption_enabled", "engine", "kms_key_id", "network_type", "port", "replication_group_id"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["auth_token_update_strategy"] = "ROTATE",
        ["automatic_failover_enabled"] = false,
        ["multi_az_enabled"] = false,
        ["engine"] = "redis",
    };

    protected override string Noun => "ElastiCache Replication Group";

    protected override IReadOnlyList<string> Kept => ["port"];

    protected override IReadOnlyList<string> Honoured =>
        ["apply_immediately", "auth_token", "auth_token_update_strategy", "security_group_ids", "final_snapshot_identifier", .. Plain.Select(name => name.Split('=')[0])];

    protected override string? Label(TfObject state) => state.String("id") ?? state.String("replication_group_id");

    // moto does not tell the subnet group: where it is not known, it is no other.
    public override void Plan(ResourcePlan plan)
    {
        base.Plan(plan);
        if (plan.Prior?.String("subnet_group_name") is { Length: > 0 })
        {
            plan.Replace("subnet_group_name");
        }
    }

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, Plain);
        input["AuthToken"] = change.Config.String("auth_token");
        input["SecurityGroupIds"] = Groups(change.Config);
        input["Tags"] = Pairs(TagsOf(change));
        change.State["id"] = (await CallAsync("CreateReplicationGroup", input, ct)).Must("ReplicationGroup.ReplicationGroupId");
        await WaitAvailableAsync(change, "create", 60, ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        if (await DescribeAsync(state.Required("id"), ct) is not { } group)
        {
            return false;
        }

        state.Take(group, "arn=ARN", "replication_group_id", "description", "node_type=CacheNodeType", "at_rest_encryption_enabled", "transit_encryption_enabled",
            "snapshot_retention_limit", "snapshot_window", "kms_key_id", "auto_minor_version_upgrade", "configuration_endpoint_address=ConfigurationEndpoint.Address",
            "primary_endpoint_address=NodeGroups.0.PrimaryEndpoint.Address", "reader_endpoint_address=NodeGroups.0.ReaderEndpoint.Address");
        state["cluster_enabled"] = group.Flag("ClusterEnabled");
        state["cluster_mode"] = group.Flag("ClusterEnabled") ? "enabled" : "disabled";
        state["automatic_failover_enabled"] = group.Text("AutomaticFailover") is "enabled" or "enabling";
        state["multi_az_enabled"] = group.Text("MultiAZ") is "enabled";
        var members = group.Texts("MemberClusters");
        state["member_clusters"] = TfValue.Strings(members);
        state["num_cache_clusters"] = state["num_cache_clusters"].HasValue ? state["num_cache_clusters"] : members.Count;
        state["num_node_groups"] = state["num_node_groups"].HasValue ? state["num_node_groups"] : group.Items("NodeGroups").Count;
        state["port"] = state["port"].HasValue ? state["port"] : group.Number("NodeGroups.0.PrimaryEndpoint.Port") ?? group.Number("ConfigurationEndpoint.Port") ?? 6379;
        await TakeTagsAsync(state, ct);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var changed = Plain.Where(name => change.Changed(name.Split('=')[0]) && !name.StartsWith("subnet_group_name", StringComparison.Ordinal)).ToArray();
        var input = change.State.Give(Mapping.Pascal, changed);
        input["SecurityGroupIds"] = change.Changed("security_group_ids") ? Groups(change.State) : null;
        input["AuthToken"] = change.Changed("auth_token") ? change.State.String("auth_token") : null;
        if (input.Any(member => member.Value is not null))
        {
            (input["ReplicationGroupId"], input["ApplyImmediately"]) = (change.Id, change.State.Bool("apply_immediately") ?? false);
            await CallAsync("ModifyReplicationGroup", input, ct);
            await WaitAvailableAsync(change, "update", 40, ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await CallAsync("DeleteReplicationGroup", new()
        {
            ["ReplicationGroupId"] = change.Id,
            ["FinalSnapshotIdentifier"] = change.State.String("final_snapshot_identifier") is { Length: > 0 } snapshot ? snapshot : null,
        }, ct);
        await WaitAsync($"ElastiCache Replication Group ({change.Id}) delete", "", change.Timeout("delete", TimeSpan.FromMinutes(45)),
            async () => (await DescribeAsync(change.Id, ct)).Text("Status"), ct);
    }

    private static JsonObject? Groups(TfObject values) => Wire.Members("SecurityGroupId", values.Strings("security_group_ids").Select(id => (JsonNode)id));

    private Task WaitAvailableAsync(ResourceChange change, string operation, int minutes, CancellationToken ct) => WaitAsync(
        $"ElastiCache Replication Group ({change.Id}) {operation}", "available", change.Timeout(operation, TimeSpan.FromMinutes(minutes)),
        async () => (await DescribeAsync(change.Id, ct)).Text("Status"), ct, "creating", "modifying", "snapshotting");

    // moto keeps a group that was deleted, as one that is being deleted, for ever.
    private async Task<JsonNode?> DescribeAsync(string id, CancellationToken ct)
    {
        var group = (await CallAsync("DescribeReplicationGroups", new() { ["ReplicationGroupId"] = id }, ct)).Items("ReplicationGroups").FirstOrDefault();
        return Cloud.Options.Patience is not null && group.Text("Status") == "deleting" ? null : group;
    }
}
