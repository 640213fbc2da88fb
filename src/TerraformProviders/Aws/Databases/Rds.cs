using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Databases;

/// <summary>What RDS's and ElastiCache's resources share: tags by ARN.</summary>
internal abstract class DatabaseResource(AwsCloud cloud, AwsApi api) : AwsResource(cloud)
{
    /// <summary>Calls the service.</summary>
    protected Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(api, operation, input, ct);

    /// <summary>Tags as both services number them.</summary>
    protected static JsonObject? Pairs(IReadOnlyDictionary<string, string> tags) =>
        Wire.Members("Tag", tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value }));

    /// <summary>Asks for the tags and takes them.</summary>
    protected async Task TakeTagsAsync(TfObject state, CancellationToken ct)
    {
        var tags = await CallAsync("ListTagsForResource", new() { ["ResourceName"] = state.Required("arn") }, ct);
        TakeTags(state, tags.Items("TagList").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));
    }

    /// <summary>Ids of subnets for a request.</summary>
    protected static JsonObject? Subnets(TfObject state) => Wire.Members("SubnetIdentifier", state.Strings("subnet_ids").Select(id => (JsonNode)id));

    /// <inheritdoc/>
    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("AddTagsToResource", new() { ["ResourceName"] = state.Required("arn"), ["Tags"] = Pairs(tags) }, ct);

    /// <inheritdoc/>
    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) => CallAsync("RemoveTagsFromResource",
        new() { ["ResourceName"] = state.Required("arn"), ["TagKeys"] = Wire.Members(keys.Select(key => (JsonNode)key)) }, ct);
}

/// <summary>aws_db_subnet_group.</summary>
internal sealed class DbSubnetGroup(AwsCloud cloud) : DatabaseResource(cloud, AwsApi.Rds)
{
    public override string Type => "aws_db_subnet_group";

    public override IReadOnlyList<string> ForceNew => ["name", "name_prefix"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue> { ["description"] = "Managed by Terraform" };

    protected override string Noun => "RDS DB Subnet Group";

    protected override IReadOnlyList<string> Honoured => ["name", "name_prefix", "description", "subnet_ids"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        change.State["name"] = Ids.Name(change.State);
        var input = change.State.Give(Mapping.Pascal, "name=DBSubnetGroupName", "description=DBSubnetGroupDescription");
        (input["SubnetIds"], input["Tags"]) = (Subnets(change.State), Pairs(TagsOf(change)));
        change.State["id"] = (await CallAsync("CreateDBSubnetGroup", input, ct)).Must("DBSubnetGroup.DBSubnetGroupName");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var answer = await CallAsync("DescribeDBSubnetGroups", new() { ["DBSubnetGroupName"] = state.Required("id") }, ct);
        if (answer.Items("DBSubnetGroups").FirstOrDefault() is not { } group)
        {
            return false;
        }

        state.Take(group, "arn=DBSubnetGroupArn", "name=DBSubnetGroupName", "description=DBSubnetGroupDescription", "vpc_id");
        state["subnet_ids"] = TfValue.Strings(group.Texts("Subnets", "SubnetIdentifier"));
        await TakeTagsAsync(state, ct);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("subnet_ids") || change.Changed("description"))
        {
            var input = change.State.Give(Mapping.Pascal, "name=DBSubnetGroupName", "description=DBSubnetGroupDescription");
            input["SubnetIds"] = Subnets(change.State);
            await CallAsync("ModifyDBSubnetGroup", input, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("DeleteDBSubnetGroup", new() { ["DBSubnetGroupName"] = change.Id }, ct);
}

/// <summary>aws_db_instance.</summary>
internal sealed class DbInstance(AwsCloud cloud) : DatabaseResource(cloud, AwsApi.Rds)
{
    // What goes into a request, and comes back under the same name.
    private static readonly string[] Both =
    [
        "allocated_storage", "auto_minor_version_upgrade", "availability_zone", "backup_retention_period", "backup_window=PreferredBackupWindow",
        "ca_cert_identifier=CACertificateIdentifier", "copy_tags_to_snapshot", "db_name=DBName", "deletion_protection", "engine",
        "instance_class=DBInstanceClass", "iops", "kms_key_id", "license_model", "maintenance_window=PreferredMaintenanceWindow",
        "max_allocated_storage", "monitoring_interval", "monitoring_role_arn", "multi_az=MultiAZ", "network_type", "publicly_accessible",
        "storage_encrypted", "storage_type", "storage_throughput", "username=MasterUsername",
    ];

    // What comes back in another shape.
    private static readonly string[] Given =
    [
        "db_subnet_group_name=DBSubnetGroupName", "engine_version", "iam_database_authentication_enabled=EnableIAMDatabaseAuthentication", "option_group_name",
        "parameter_group_name=DBParameterGroupName", "performance_insights_enabled=EnablePerformanceInsights", "port",
    ];

    public override string Type => "aws_db_instance";

    public override IReadOnlyList<string> ForceNew =>
        ["availability_zone", "character_set_name", "custom_iam_instance_profile", "db_name", "engine", "kms_key_id", "storage_encrypted", "timezone", "username"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["auto_minor_version_upgrade"] = true,
        ["copy_tags_to_snapshot"] = false,
        ["delete_automated_backups"] = true,
        ["monitoring_interval"] = 0,
        ["publicly_accessible"] = false,
        ["skip_final_snapshot"] = false,
    };

    protected override string Noun => "RDS DB Instance";

    protected override IReadOnlyList<string> Honoured =>
    [
        "identifier", "identifier_prefix", "apply_immediately", "allow_major_version_upgrade", "delete_automated_backups", "final_snapshot_identifier",
        "skip_final_snapshot", "password", "password_wo", "password_wo_version", "vpc_security_group_ids", .. Both.Concat(Given).Select(name => name.Split('=')[0]),
    ];

    protected override string? Label(TfObject state) => state.String("identifier") ?? state.String("id");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, config) = (change.State, change.Config);
        state["identifier"] = Ids.Name(state, "identifier", "identifier_prefix");
        var input = state.Give(Mapping.Pascal, ["identifier=DBInstanceIdentifier", .. Both, .. Given]);
        input["MasterUserPassword"] = config.String("password") ?? config.String("password_wo");
        (input["VpcSecurityGroupIds"], input["Tags"]) = (Groups(config), Pairs(TagsOf(change)));
        var made = await CallAsync("CreateDBInstance", input, ct);
        state["id"] = made.Text("DBInstance.DbiResourceId") ?? state.Required("identifier");
        await WaitAvailableAsync(change, "create", 40, ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        if (await DescribeAsync(state, ct) is not { } instance)
        {
            return false;
        }

        state.Take(instance, [.. Both.Where(name => name != "max_allocated_storage"), "arn=DBInstanceArn", "identifier=DBInstanceIdentifier", "id=DbiResourceId", "resource_id=DbiResourceId",
            "status=DBInstanceStatus", "db_subnet_group_name=DBSubnetGroup.DBSubnetGroupName", "parameter_group_name=DBParameterGroups.0.DBParameterGroupName",
            "option_group_name=OptionGroupMemberships.0.OptionGroupName", "address=Endpoint.Address", "port=Endpoint.Port", "hosted_zone_id=Endpoint.HostedZoneId"]);
        var actual = instance.Text("EngineVersion");
        state["engine_version_actual"] = actual;
        state["engine_version"] = state.String("engine_version") is { Length: > 0 } wanted && actual?.StartsWith(wanted + ".", StringComparison.Ordinal) == true ? wanted : actual;
        state["iam_database_authentication_enabled"] = instance.Flag("IAMDatabaseAuthenticationEnabled");
        state["latest_restorable_time"] = instance.Instant("LatestRestorableTime");
        state["vpc_security_group_ids"] = TfValue.Strings(instance.Texts("VpcSecurityGroups", "VpcSecurityGroupId"));
        state["endpoint"] = state.String("address") is { Length: > 0 } address ? $"{address}:{state.String("port")}" : "";
        await TakeTagsAsync(state, ct);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var changed = Both.Concat(Given).Where(name => change.Changed(name.Split('=')[0]) && name is not "username=MasterUsername").ToArray();
        var input = change.State.Give(Mapping.Pascal, changed);
        input["VpcSecurityGroupIds"] = change.Changed("vpc_security_group_ids") ? Groups(change.State) : null;
        input["MasterUserPassword"] = change.Changed("password") ? change.State.String("password")
            : change.Changed("password_wo_version") ? change.Config.String("password_wo") : null;
        if (input.Any(member => member.Value is not null))
        {
            input["DBInstanceIdentifier"] = change.Prior?.String("identifier");
            input["ApplyImmediately"] = change.State.Bool("apply_immediately") ?? false;
            input["AllowMajorVersionUpgrade"] = change.State.Bool("allow_major_version_upgrade");
            await CallAsync("ModifyDBInstance", input, ct);
            await WaitAvailableAsync(change, "update", 80, ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        var skip = state.Bool("skip_final_snapshot") == true;
        if (!skip && state.String("final_snapshot_identifier") is not { Length: > 0 })
        {
            throw new ProviderException($"deleting RDS DB Instance ({state.String("identifier")}): final_snapshot_identifier is required when skip_final_snapshot is false");
        }

        await CallAsync("DeleteDBInstance", new()
        {
            ["DBInstanceIdentifier"] = state.Required("identifier"),
            ["SkipFinalSnapshot"] = skip,
            ["FinalDBSnapshotIdentifier"] = skip ? null : state.String("final_snapshot_identifier"),
            ["DeleteAutomatedBackups"] = state.Bool("delete_automated_backups") ?? true,
        }, ct);
        await WaitAsync($"RDS DB Instance ({state.String("identifier")}) delete", "", change.Timeout("delete", TimeSpan.FromMinutes(60)),
            async () => (await DescribeAsync(state, ct)).Text("DBInstanceStatus"), ct);
    }

    private static JsonObject? Groups(TfObject values) =>
        Wire.Members("VpcSecurityGroupId", values.Strings("vpc_security_group_ids").Select(id => (JsonNode)id));

    private Task WaitAvailableAsync(ResourceChange change, string operation, int minutes, CancellationToken ct) => WaitAsync(
        $"RDS DB Instance ({change.State.String("identifier")}) {operation}", "available", change.Timeout(operation, TimeSpan.FromMinutes(minutes)),
        async () => (await DescribeAsync(change.State, ct)).Text("DBInstanceStatus"), ct);

    private async Task<JsonNode?> DescribeAsync(TfObject state, CancellationToken ct)
    {
        var name = state.String("identifier") ?? state.Required("id");
        return (await CallAsync("DescribeDBInstances", new() { ["DBInstanceIdentifier"] = name }, ct)).Items("DBInstances").FirstOrDefault();
    }
}
