using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Storage;

/// <summary>aws_cloudwatch_log_group.</summary>
internal sealed class LogGroup(AwsCloud cloud) : AwsResource(cloud)
{
    public override string Type => "aws_cloudwatch_log_group";

    public override IReadOnlyList<string> ForceNew => ["log_group_class", "name", "name_prefix"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } =
        new Dictionary<string, TfValue> { ["retention_in_days"] = 0, ["skip_destroy"] = false };

    protected override string Noun => "CloudWatch Logs Log Group";

    protected override IReadOnlyList<string> Honoured => ["name", "name_prefix", "retention_in_days", "kms_key_id", "skip_destroy", "log_group_class"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var name = Ids.Name(change.State);
        change.State["name"] = name;
        var input = change.State.Give(Mapping.Camel, "name=logGroupName", "kms_key_id", "log_group_class");
        input["tags"] = TagsOf(change) is { Count: > 0 } tags ? Object(tags) : null;
        await CallAsync("CreateLogGroup", input, ct);
        change.State["id"] = name;
        await RetainAsync(name, change.State.Int("retention_in_days") ?? 0, ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var name = state.Required("id");
        var groups = await CallAsync("DescribeLogGroups", new() { ["logGroupNamePrefix"] = name }, ct);
        if (groups.Items("logGroups").FirstOrDefault(each => each.Text("logGroupName") == name) is not { } group)
        {
            return false;
        }

        var arn = group.Must("arn");
        (state["name"], state["arn"]) = (name, arn.EndsWith(":*", StringComparison.Ordinal) ? arn[..^2] : arn);
        state["retention_in_days"] = group.Number("retentionInDays") ?? 0;
        state["kms_key_id"] = group.Text("kmsKeyId");
        state.Take(group, "log_group_class");
        var tags = await CallAsync("ListTagsForResource", new() { ["resourceArn"] = state.Required("arn") }, ct);
        TakeTags(state, (tags.At("tags") as JsonObject ?? []).Select(tag => KeyValuePair.Create(tag.Key, tag.Value?.ToString() ?? "")));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("retention_in_days"))
        {
            await RetainAsync(change.Id, change.State.Int("retention_in_days") ?? 0, ct, isUpdate: true);
        }

        if (change.Changed("kms_key_id"))
        {
            await (change.State.String("kms_key_id") is { Length: > 0 } key
                ? CallAsync("AssociateKmsKey", new() { ["logGroupName"] = change.Id, ["kmsKeyId"] = key }, ct)
                : CallAsync("DisassociateKmsKey", new() { ["logGroupName"] = change.Id }, ct));
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => change.State.Bool("skip_destroy") == true
        ? Task.CompletedTask
        : CallAsync("DeleteLogGroup", new() { ["logGroupName"] = change.Id }, ct);

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("TagResource", new() { ["resourceArn"] = state.Required("arn"), ["tags"] = Object(tags) }, ct);

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) =>
        CallAsync("UntagResource", new() { ["resourceArn"] = state.Required("arn"), ["tagKeys"] = Wire.Array(keys) }, ct);

    private static JsonObject Object(IReadOnlyDictionary<string, string> tags) => new(tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value)));

    private async Task RetainAsync(string name, long days, CancellationToken ct, bool isUpdate = false)
    {
        if (days > 0)
        {
            await CallAsync("PutRetentionPolicy", new() { ["logGroupName"] = name, ["retentionInDays"] = days }, ct);
        }
        else if (isUpdate)
        {
            await CallAsync("DeleteRetentionPolicy", new() { ["logGroupName"] = name }, ct);
        }
    }

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Logs, operation, input, ct);
}
