using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Databases;

/// <summary>aws_dynamodb_table.</summary>
internal sealed class DynamoTable(AwsCloud cloud) : AwsResource(cloud)
{
    private const string OnDemand = "PAY_PER_REQUEST";

    public override string Type => "aws_dynamodb_table";

    public override IReadOnlyList<string> ForceNew => ["hash_key", "local_secondary_index", "name", "range_key"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["billing_mode"] = "PROVISIONED",
        ["table_class"] = "STANDARD",
        ["deletion_protection_enabled"] = false,
        ["stream_enabled"] = false,
    };

    protected override string Noun => "DynamoDB Table";

    protected override IReadOnlyList<string> Kept => ["point_in_time_recovery", "ttl", "server_side_encryption", "warm_throughput", "on_demand_throughput"];

    protected override IReadOnlyList<string> Honoured =>
    [
        "name", "billing_mode", "hash_key", "range_key", "read_capacity", "write_capacity", "stream_enabled", "stream_view_type", "table_class",
        "deletion_protection_enabled", "attribute", "local_secondary_index", "point_in_time_recovery", "ttl", "server_side_encryption",
        "global_secondary_index.name", "global_secondary_index.hash_key", "global_secondary_index.range_key", "global_secondary_index.projection_type",
        "global_secondary_index.non_key_attributes", "global_secondary_index.read_capacity", "global_secondary_index.write_capacity",
    ];

    protected override string? Label(TfObject state) => state.String("id") ?? state.String("name");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, config) = (change.State, change.Config);
        var input = state.Give(Mapping.Pascal, "name=TableName", "billing_mode", "table_class", "deletion_protection_enabled");
        input["KeySchema"] = Keys(state);
        input["AttributeDefinitions"] = Definitions(state);
        input["ProvisionedThroughput"] = Throughput(state, state);
        input["GlobalSecondaryIndexes"] = Some(state.Blocks("global_secondary_index").Select(index => Index(state, index, true)));
        input["LocalSecondaryIndexes"] = Some(state.Blocks("local_secondary_index").Select(index => LocalIndex(state, index)));
        input["StreamSpecification"] = state.Bool("stream_enabled") == true ? Stream(state) : null;
        input["SSESpecification"] = config.Block("server_side_encryption") is { } encryption ? Encryption(encryption) : null;
        input["Tags"] = TagsOf(change) is { Count: > 0 } tags ? Wire.Tags(tags) : null;
        await CallAsync("CreateTable", input, ct);
        state["id"] = state["name"];
        await WaitActiveAsync(change, "creation", ct);
        if (config.Block("ttl") is { } ttl && ttl.Bool("enabled") == true)
        {
            await LiveAsync(change.Id, ttl, ct);
        }

        if (config.Block("point_in_time_recovery")?.Bool("enabled") == true)
        {
            await RecoverAsync(change.Id, state.Block("point_in_time_recovery")!, ct);
        }
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var name = state.Required("id");
        var table = await DescribeAsync(name, ct);
        state.Take(table, "arn=TableArn", "name=TableName", "deletion_protection_enabled", "stream_arn=LatestStreamArn", "stream_label=LatestStreamLabel",
            "stream_view_type=StreamSpecification.StreamViewType");
        state["billing_mode"] = table.Text("BillingModeSummary.BillingMode") ?? "PROVISIONED";
        state["table_class"] = table.Text("TableClassSummary.TableClass") ?? "STANDARD";
        state["stream_enabled"] = table.Flag("StreamSpecification.StreamEnabled");
        (state["read_capacity"], state["write_capacity"]) =
            (table.Number("ProvisionedThroughput.ReadCapacityUnits") ?? 0, table.Number("ProvisionedThroughput.WriteCapacityUnits") ?? 0);
        state["attribute"] = TfValue.Blocks(table.Items("AttributeDefinitions").Select(each =>
            new TfObject().Take(each, "name=AttributeName", "type=AttributeType")));
        (state["hash_key"], state["range_key"]) = (Key(table, "HASH"), Key(table, "RANGE"));
        state["global_secondary_index"] = TfValue.Blocks(table.Items("GlobalSecondaryIndexes").Select(index =>
        {
            var block = Block(index);
            block["read_capacity"] = index.Number("ProvisionedThroughput.ReadCapacityUnits") ?? 0;
            block["write_capacity"] = index.Number("ProvisionedThroughput.WriteCapacityUnits") ?? 0;
            block["hash_key"] = Key(index, "HASH");
            return block;
        }));
        state["local_secondary_index"] = TfValue.Blocks(table.Items("LocalSecondaryIndexes").Select(Block));
        if (table.At("SSEDescription") is { } encryption && encryption.Text("Status") is "ENABLED")
        {
            state["server_side_encryption"] = TfValue.Blocks(new TfObject { ["enabled"] = true, ["kms_key_arn"] = encryption.Text("KMSMasterKeyArn") });
        }

        var ttl = (await CallAsync("DescribeTimeToLive", new() { ["TableName"] = name }, ct)).At("TimeToLiveDescription");
        state["ttl"] = TfValue.Blocks(new TfObject
        {
            ["enabled"] = ttl.Text("TimeToLiveStatus") == "ENABLED",
            ["attribute_name"] = ttl.Text("AttributeName") ?? "",
        });
        var backups = (await CallAsync("DescribeContinuousBackups", new() { ["TableName"] = name }, ct))
            .At("ContinuousBackupsDescription.PointInTimeRecoveryDescription");
        var recovery = state.Block("point_in_time_recovery")?.Copy() ?? new TfObject();
        recovery["enabled"] = backups.Text("PointInTimeRecoveryStatus") == "ENABLED";
        recovery["recovery_period_in_days"] = backups.Number("RecoveryPeriodInDays") ?? recovery["recovery_period_in_days"];
        state["point_in_time_recovery"] = TfValue.Blocks(recovery);
        var tags = await CallAsync("ListTagsOfResource", new() { ["ResourceArn"] = state.Required("arn") }, ct);
        TakeTags(state, tags.Items("Tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, prior) = (change.State, change.Prior!);
        var input = new JsonObject();
        if (change.Changed("billing_mode") || change.Changed("read_capacity") || change.Changed("write_capacity"))
        {
            (input["BillingMode"], input["ProvisionedThroughput"]) = (state.String("billing_mode"), Throughput(state, state));
        }

        if (change.Changed("stream_enabled") || change.Changed("stream_view_type"))
        {
            input["StreamSpecification"] = state.Bool("stream_enabled") == true ? Stream(state) : new JsonObject { ["StreamEnabled"] = false };
        }

        foreach (var (argument, member) in new[] { ("table_class", "TableClass"), ("deletion_protection_enabled", "DeletionProtectionEnabled") })
        {
            if (change.Changed(argument))
            {
                input[member] = Mapping.ToJson(state[argument], Mapping.Pascal);
            }
        }

        if (change.Changed("server_side_encryption"))
        {
            input["SSESpecification"] = state.Block("server_side_encryption") is { } encryption ? Encryption(encryption) : new JsonObject { ["Enabled"] = false };
        }

        await SendAsync(change, input, ct);
        var (before, now) = (prior.Blocks("global_secondary_index"), state.Blocks("global_secondary_index"));
        foreach (var index in before.Where(index => !now.Any(each => Likeness.AreAlike(each, index))))
        {
            await SendAsync(change, Indexes(state, new() { ["Delete"] = new JsonObject { ["IndexName"] = index.String("name") } }), ct);
        }

        foreach (var index in now.Where(index => !before.Any(each => Likeness.AreAlike(each, index))))
        {
            await SendAsync(change, Indexes(state, new() { ["Create"] = Index(state, index, true) }), ct);
        }

        if (change.Changed("ttl") && state.Block("ttl") is { } ttl)
        {
            await LiveAsync(change.Id, ttl, ct);
        }

        if (change.Changed("point_in_time_recovery") && state.Block("point_in_time_recovery") is { } recovery)
        {
            await RecoverAsync(change.Id, recovery, ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await CallAsync("DeleteTable", new() { ["TableName"] = change.Id }, ct);
        await WaitAsync($"DynamoDB Table ({change.Id}) delete", "", change.Timeout("delete", TimeSpan.FromMinutes(10)),
            async () => (await DescribeAsync(change.Id, ct)).Text("TableStatus"), ct);
    }

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("TagResource", new() { ["ResourceArn"] = state.Required("arn"), ["Tags"] = Wire.Tags(tags) }, ct);

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) =>
        CallAsync("UntagResource", new() { ["ResourceArn"] = state.Required("arn"), ["TagKeys"] = Wire.Array(keys) }, ct);

    private static JsonArray? Some(IEnumerable<JsonObject> objects) => new JsonArray([.. objects]) is { Count: > 0 } array ? array : null;

    private static JsonArray Keys(TfObject of, string? hash = null) =>
        [.. new[] { (hash ?? of.String("hash_key"), "HASH"), (of.String("range_key"), "RANGE") }.Where(key => key.Item1 is { Length: > 0 })
            .Select(key => (JsonNode)new JsonObject { ["AttributeName"] = key.Item1, ["KeyType"] = key.Item2 })];

    private static string? Key(JsonNode? of, string kind) => of.Items("KeySchema").FirstOrDefault(key => key.Text("KeyType") == kind).Text("AttributeName");

    private static JsonArray Definitions(TfObject state) =>
        [.. state.Blocks("attribute").Select(JsonNode (each) => each.Give(Mapping.Pascal, "name=AttributeName", "type=AttributeType"))];

    private static JsonObject? Throughput(TfObject table, TfObject of) => table.String("billing_mode") == OnDemand ? null : new()
    {
        ["ReadCapacityUnits"] = of.Int("read_capacity") ?? 1,
        ["WriteCapacityUnits"] = of.Int("write_capacity") ?? 1,
    };

    private static JsonObject Stream(TfObject state) => new() { ["StreamEnabled"] = true, ["StreamViewType"] = state.String("stream_view_type") };

    private static JsonObject Encryption(TfObject block) => new()
    {
        ["Enabled"] = block.Bool("enabled"),
        ["SSEType"] = block.Bool("enabled") == true ? "KMS" : null,
        ["KMSMasterKeyId"] = block.String("kms_key_arn"),
    };

    private static JsonObject Index(TfObject table, TfObject index, bool isGlobal) => new()
    {
        ["IndexName"] = index.String("name"),
        ["KeySchema"] = Keys(index, isGlobal ? null : table.String("hash_key")),
        ["Projection"] = index.Give(Mapping.Pascal, "projection_type", "non_key_attributes"),
        ["ProvisionedThroughput"] = Throughput(table, index),
    };

    private static JsonObject LocalIndex(TfObject table, TfObject index)
    {
        var result = Index(table, index, false);
        result.Remove("ProvisionedThroughput");
        return result;
    }

    private static JsonObject Indexes(TfObject state, JsonObject update) =>
        new() { ["AttributeDefinitions"] = Definitions(state), ["GlobalSecondaryIndexUpdates"] = new JsonArray(update) };

    private static TfObject Block(JsonNode index)
    {
        var block = new TfObject().Take(index, "name=IndexName", "projection_type=Projection.ProjectionType", "non_key_attributes=Projection.NonKeyAttributes");
        block["range_key"] = Key(index, "RANGE");
        return block;
    }

    private Task LiveAsync(string table, TfObject ttl, CancellationToken ct)
    {
        var specification = new JsonObject { ["Enabled"] = ttl.Bool("enabled") ?? true, ["AttributeName"] = ttl.String("attribute_name") };
        return CallAsync("UpdateTimeToLive", new() { ["TableName"] = table, ["TimeToLiveSpecification"] = specification }, ct);
    }

    private Task RecoverAsync(string table, TfObject recovery, CancellationToken ct) => CallAsync("UpdateContinuousBackups", new()
    {
        ["TableName"] = table,
        ["PointInTimeRecoverySpecification"] = recovery.Give(Mapping.Pascal, "enabled=PointInTimeRecoveryEnabled", "recovery_period_in_days"),
    }, ct);

    private async Task SendAsync(ResourceChange change, JsonObject input, CancellationToken ct)
    {
        if (input.Count > 0)
        {
            input["TableName"] = change.Id;
            await CallAsync("UpdateTable", input, ct);
            await WaitActiveAsync(change, "update", ct);
        }
    }

    private Task WaitActiveAsync(ResourceChange change, string operation, CancellationToken ct) => WaitAsync(
        $"DynamoDB Table ({change.Id}) {operation}", "ACTIVE", change.Timeout(operation == "creation" ? "create" : operation, TimeSpan.FromMinutes(30)),
        async () => (await DescribeAsync(change.Id, ct)).Text("TableStatus"), ct, "CREATING", "UPDATING");

    private async Task<JsonNode?> DescribeAsync(string name, CancellationToken ct) =>
        (await CallAsync("DescribeTable", new() { ["TableName"] = name }, ct)).At("Table");

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.DynamoDb, operation, input, ct);
}
