using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Messages;

/// <summary>aws_sqs_queue.</summary>
internal sealed class Queue(AwsCloud cloud) : AwsResource(cloud)
{
    // SQS's attributes are texts, by these names.
    private static readonly (string Argument, string Attribute)[] Attributes =
    [
        ("content_based_deduplication", "ContentBasedDeduplication"), ("deduplication_scope", "DeduplicationScope"), ("delay_seconds", "DelaySeconds"),
        ("fifo_queue", "FifoQueue"), ("fifo_throughput_limit", "FifoThroughputLimit"), ("kms_data_key_reuse_period_seconds", "KmsDataKeyReusePeriodSeconds"),
        ("kms_master_key_id", "KmsMasterKeyId"), ("max_message_size", "MaximumMessageSize"), ("message_retention_seconds", "MessageRetentionPeriod"),
        ("policy", "Policy"), ("receive_wait_time_seconds", "ReceiveMessageWaitTimeSeconds"), ("redrive_allow_policy", "RedriveAllowPolicy"),
        ("redrive_policy", "RedrivePolicy"), ("sqs_managed_sse_enabled", "SqsManagedSseEnabled"), ("visibility_timeout_seconds", "VisibilityTimeout"),
    ];

    public override string Type => "aws_sqs_queue";

    public override IReadOnlyList<string> ForceNew => ["fifo_queue", "name", "name_prefix"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["delay_seconds"] = 0,
        ["max_message_size"] = 262144,
        ["message_retention_seconds"] = 345600,
        ["receive_wait_time_seconds"] = 0,
        ["visibility_timeout_seconds"] = 30,
        ["fifo_queue"] = false,
        ["content_based_deduplication"] = false,
    };

    protected override string Noun => "SQS Queue";

    protected override IReadOnlyList<string> JsonDocuments => ["policy", "redrive_allow_policy", "redrive_policy"];

    protected override IReadOnlyList<string> Honoured => ["name", "name_prefix", .. Attributes.Select(each => each.Argument)];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        var name = Ids.Name(state);
        state["name"] = name += state.Bool("fifo_queue") == true && !name.EndsWith(".fifo", StringComparison.Ordinal) ? ".fifo" : "";
        var input = new JsonObject { ["QueueName"] = name, ["Attributes"] = Values(state, Attributes) };
        input["tags"] = TagsOf(change) is { Count: > 0 } tags ? Object(tags) : null;
        state["id"] = (await CallAsync("CreateQueue", input, ct)).Must("QueueUrl");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var url = state.Required("id");
        var answer = (await CallAsync("GetQueueAttributes", new() { ["QueueUrl"] = url, ["AttributeNames"] = new JsonArray("All") }, ct)).At("Attributes");
        foreach (var (argument, attribute) in Attributes)
        {
            state[argument] = answer.Text(attribute) ?? (Defaults.TryGetValue(argument, out var usual) ? usual : "");
        }

        if (!state["kms_data_key_reuse_period_seconds"].HasValue || state.String("kms_data_key_reuse_period_seconds") is "")
        {
            state["kms_data_key_reuse_period_seconds"] = 300;
        }

        if (state.String("sqs_managed_sse_enabled") is "")
        {
            state["sqs_managed_sse_enabled"] = state.String("kms_master_key_id") is "";
        }

        state["url"] = url;
        state["arn"] = answer.Text("QueueArn");
        state["name"] = url[(url.LastIndexOf('/') + 1)..];
        var tags = await CallAsync("ListQueueTags", new() { ["QueueUrl"] = url }, ct);
        TakeTags(state, (tags.At("Tags") as JsonObject ?? []).Select(tag => KeyValuePair.Create(tag.Key, tag.Value?.ToString() ?? "")));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var changed = Attributes.Where(each => change.Changed(each.Argument)).ToArray();
        if (changed.Length > 0)
        {
            var values = Values(change.State, changed);
            foreach (var (argument, attribute) in changed.Where(each => !values.ContainsKey(each.Attribute)))
            {
                values[attribute] = "";
            }

            await CallAsync("SetQueueAttributes", new() { ["QueueUrl"] = change.Id, ["Attributes"] = values }, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => CallAsync("DeleteQueue", new() { ["QueueUrl"] = change.Id }, ct);

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("TagQueue", new() { ["QueueUrl"] = state.Required("id"), ["Tags"] = Object(tags) }, ct);

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) =>
        CallAsync("UntagQueue", new() { ["QueueUrl"] = state.Required("id"), ["TagKeys"] = Wire.Array(keys) }, ct);

    private static JsonObject Object(IReadOnlyDictionary<string, string> tags) => new(tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value)));

    private static JsonObject Values(TfObject state, (string Argument, string Attribute)[] attributes) => new(attributes
        .Where(each => state.String(each.Argument) is { Length: > 0 } and not "false")
        .Select(each => KeyValuePair.Create(each.Attribute, (JsonNode?)state.String(each.Argument))));

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Sqs, operation, input, ct);
}
