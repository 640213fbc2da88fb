using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Storage;

/// <summary>aws_kms_key.</summary>
internal sealed class KmsKey(AwsCloud cloud) : AwsResource(cloud)
{
    public override string Type => "aws_kms_key";

    public override IReadOnlyList<string> ForceNew => ["custom_key_store_id", "customer_master_key_spec", "key_usage", "multi_region", "xks_key_id"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["customer_master_key_spec"] = "SYMMETRIC_DEFAULT",
        ["key_usage"] = "ENCRYPT_DECRYPT",
        ["is_enabled"] = true,
        ["bypass_policy_lockout_safety_check"] = false,
    };

    protected override string Noun => "KMS Key";

    protected override IReadOnlyList<string> JsonDocuments => ["policy"];

    protected override IReadOnlyList<string> Honoured =>
    [
        "bypass_policy_lockout_safety_check", "customer_master_key_spec", "deletion_window_in_days", "description", "enable_key_rotation",
        "is_enabled", "key_usage", "multi_region", "policy", "rotation_period_in_days",
    ];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, "description", "key_usage", "customer_master_key_spec=KeySpec", "policy", "multi_region", "bypass_policy_lockout_safety_check");
        input["Tags"] = TagsOf(change) is { Count: > 0 } tags ? Wire.Tags(tags, "TagKey", "TagValue") : null;
        change.State["id"] = (await CallAsync("CreateKey", input, ct)).Must("KeyMetadata.KeyId");
        await RotateAsync(change, ct);
        if (change.State.Bool("is_enabled") == false)
        {
            await CallAsync("DisableKey", new() { ["KeyId"] = change.Id }, ct);
        }
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = new JsonObject { ["KeyId"] = state.Required("id") };
        var key = (await CallAsync("DescribeKey", (JsonObject)id.DeepClone(), ct)).At("KeyMetadata");
        if (key.Text("KeyState") is "PendingDeletion" or "PendingReplicaDeletion")
        {
            return false;
        }

        state.Take(key, "arn", "key_id", "key_usage", "customer_master_key_spec", "is_enabled=Enabled", "multi_region");
        state["description"] = key.Text("Description") ?? "";
        var rotation = await CallAsync("GetKeyRotationStatus", (JsonObject)id.DeepClone(), ct);
        state["enable_key_rotation"] = rotation.Flag("KeyRotationEnabled");
        state["rotation_period_in_days"] = rotation.Flag("KeyRotationEnabled") ? rotation.Number("RotationPeriodInDays") : TfValue.Null;
        var policy = await CallAsync("GetKeyPolicy", new() { ["KeyId"] = state.Required("id"), ["PolicyName"] = "default" }, ct);
        state["policy"] = JsonDocument.Normal(policy.Must("Policy"));
        var tags = await CallAsync("ListResourceTags", (JsonObject)id.DeepClone(), ct);
        TakeTags(state, tags.Items("Tags").Select(tag => KeyValuePair.Create(tag.Text("TagKey") ?? "", tag.Text("TagValue") ?? "")));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("description"))
        {
            await CallAsync("UpdateKeyDescription", new() { ["KeyId"] = change.Id, ["Description"] = change.State.String("description") ?? "" }, ct);
        }

        if (change.Changed("policy") && change.State.String("policy") is { } policy)
        {
            await CallAsync("PutKeyPolicy", new() { ["KeyId"] = change.Id, ["PolicyName"] = "default", ["Policy"] = policy }, ct);
        }

        if (change.Changed("is_enabled"))
        {
            await CallAsync(change.State.Bool("is_enabled") == false ? "DisableKey" : "EnableKey", new() { ["KeyId"] = change.Id }, ct);
        }

        if (change.Changed("enable_key_rotation") || change.Changed("rotation_period_in_days"))
        {
            await RotateAsync(change, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("ScheduleKeyDeletion", new() { ["KeyId"] = change.Id, ["PendingWindowInDays"] = change.State.Int("deletion_window_in_days") ?? 30 }, ct);

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("TagResource", new() { ["KeyId"] = state.Required("id"), ["Tags"] = Wire.Tags(tags, "TagKey", "TagValue") }, ct);

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) =>
        CallAsync("UntagResource", new() { ["KeyId"] = state.Required("id"), ["TagKeys"] = Wire.Array(keys) }, ct);

    private async Task RotateAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.State.Bool("enable_key_rotation") == true)
        {
            await CallAsync("EnableKeyRotation", new() { ["KeyId"] = change.Id, ["RotationPeriodInDays"] = change.Config.Int("rotation_period_in_days") }, ct);
        }
        else if (change.Prior is not null)
        {
            await CallAsync("DisableKeyRotation", new() { ["KeyId"] = change.Id }, ct);
        }
    }

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Kms, operation, input, ct);
}

/// <summary>aws_kms_alias.</summary>
internal sealed class KmsAlias(AwsCloud cloud) : AwsResource(cloud)
{
    public override string Type => "aws_kms_alias";

    public override IReadOnlyList<string> ForceNew => ["name", "name_prefix"];

    protected override string Noun => "KMS Alias";

    protected override IReadOnlyList<string> Honoured => ["name", "name_prefix", "target_key_id"];

    // A key goes by its id or its ARN.
    public override void Plan(ResourcePlan plan)
    {
        base.Plan(plan);
        if (plan.Prior?.String("target_key_id") is { } before && plan.Planned.String("target_key_id") is { } now && KeyOf(before) == KeyOf(now))
        {
            plan.Planned["target_key_id"] = before;
        }
    }

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        var name = Ids.Name(state);
        state["name"] = name.StartsWith("terraform-", StringComparison.Ordinal) ? $"alias/{name}" : name;
        await CallAsync("CreateAlias", new() { ["AliasName"] = state.Required("name"), ["TargetKeyId"] = state.Required("target_key_id") }, ct);
        state["id"] = state["name"];
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var name = state.Required("id");
        var answer = await CallAsync("ListAliases", [], ct);
        if (answer.Items("Aliases").FirstOrDefault(each => each.Text("AliasName") == name) is not { } alias)
        {
            return false;
        }

        state.Take(alias, "name=AliasName", "arn=AliasArn");
        var key = alias.Must("TargetKeyId");
        state["target_key_id"] = state.String("target_key_id") is { } given && KeyOf(given) == key ? given : key;
        state["target_key_arn"] = await Cloud.ArnAsync("kms", $"key/{key}", ct);
        return true;
    }

    protected override Task UpdateCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("UpdateAlias", new() { ["AliasName"] = change.Id, ["TargetKeyId"] = change.State.Required("target_key_id") }, ct);

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => CallAsync("DeleteAlias", new() { ["AliasName"] = change.Id }, ct);

    private static string KeyOf(string key) => key[(key.LastIndexOf('/') + 1)..];

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Kms, operation, input, ct);
}
