using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Messages;

/// <summary>What SNS's resources share: attributes that are read and set by name.</summary>
internal abstract class SnsResource(AwsCloud cloud) : AwsResource(cloud)
{
    /// <summary>Attributes by argument.</summary>
    protected abstract (string Argument, string Attribute)[] Attributes { get; }

    /// <summary>The operation that sets one attribute, and the member that names what is changed.</summary>
    protected abstract (string Operation, string Arn) Setter { get; }

    /// <summary>Calls SNS.</summary>
    protected Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Sns, operation, input, ct);

    /// <summary>The configured attributes for a request that creates something.</summary>
    protected JsonObject? Values(TfObject config) => Wire.Members("entry", Attributes.Where(each => config.String(each.Argument) is { Length: > 0 })
        .Select(each => new JsonObject { ["key"] = each.Attribute, ["value"] = config.String(each.Argument) }));

    /// <summary>Takes the attributes of an answer.</summary>
    protected void TakeAttributes(TfObject state, JsonNode answer, params (string Argument, string Attribute)[] more)
    {
        var entries = answer.Items("Attributes.entry").ToDictionary(entry => entry.Must("key"), entry => entry.Text("value"));
        foreach (var (argument, attribute) in Attributes.Concat(more))
        {
            if (entries.TryGetValue(attribute, out var value))
            {
                state[argument] = value;
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        foreach (var (argument, attribute) in Attributes.Where(each => change.Changed(each.Argument)))
        {
            await CallAsync(Setter.Operation, new()
            {
                [Setter.Arn] = change.Id,
                ["AttributeName"] = attribute,
                ["AttributeValue"] = change.State.String(argument) ?? "",
            }, ct);
        }
    }
}

/// <summary>aws_sns_topic.</summary>
internal sealed class Topic(AwsCloud cloud) : SnsResource(cloud)
{
    public override string Type => "aws_sns_topic";

    public override IReadOnlyList<string> ForceNew => ["fifo_topic", "name", "name_prefix"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } =
        new Dictionary<string, TfValue> { ["fifo_topic"] = false, ["content_based_deduplication"] = false };

    protected override string Noun => "SNS Topic";

    protected override IReadOnlyList<string> JsonDocuments => ["policy", "delivery_policy"];

    protected override (string Operation, string Arn) Setter => ("SetTopicAttributes", "TopicArn");

    protected override (string Argument, string Attribute)[] Attributes =>
    [
        ("content_based_deduplication", "ContentBasedDeduplication"), ("delivery_policy", "DeliveryPolicy"), ("display_name", "DisplayName"),
        ("fifo_topic", "FifoTopic"), ("kms_master_key_id", "KmsMasterKeyId"), ("policy", "Policy"), ("signature_version", "SignatureVersion"),
        ("tracing_config", "TracingConfig"),
    ];

    protected override IReadOnlyList<string> Honoured => ["name", "name_prefix", .. Attributes.Select(each => each.Argument)];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var name = Ids.Name(change.State);
        change.State["name"] = name += change.State.Bool("fifo_topic") == true && !name.EndsWith(".fifo", StringComparison.Ordinal) ? ".fifo" : "";
        var input = new JsonObject { ["Name"] = name, ["Attributes"] = Values(change.Config), ["Tags"] = Pairs(TagsOf(change)) };
        change.State["id"] = (await CallAsync("CreateTopic", input, ct)).Must("TopicArn");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var arn = state.Required("id");
        TakeAttributes(state, await CallAsync("GetTopicAttributes", new() { ["TopicArn"] = arn }, ct), ("owner", "Owner"));
        (state["arn"], state["name"]) = (arn, arn[(arn.LastIndexOf(':') + 1)..]);
        var tags = await CallAsync("ListTagsForResource", new() { ["ResourceArn"] = arn }, ct);
        TakeTags(state, tags.Items("Tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));
        return true;
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => CallAsync("DeleteTopic", new() { ["TopicArn"] = change.Id }, ct);

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("TagResource", new() { ["ResourceArn"] = state.Required("id"), ["Tags"] = Pairs(tags) }, ct);

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) =>
        CallAsync("UntagResource", new() { ["ResourceArn"] = state.Required("id"), ["TagKeys"] = Wire.Members(keys.Select(key => (JsonNode)key)) }, ct);

    private static JsonObject? Pairs(IReadOnlyDictionary<string, string> tags) =>
        Wire.Members(tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value }));
}

/// <summary>aws_sns_topic_subscription.</summary>
internal sealed class TopicSubscription(AwsCloud cloud) : SnsResource(cloud)
{
    public override string Type => "aws_sns_topic_subscription";

    public override IReadOnlyList<string> ForceNew => ["endpoint", "protocol", "topic_arn"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["confirmation_timeout_in_minutes"] = 1,
        ["endpoint_auto_confirms"] = false,
        ["raw_message_delivery"] = false,
    };

    protected override string Noun => "SNS Topic Subscription";

    protected override IReadOnlyList<string> JsonDocuments => ["delivery_policy", "filter_policy", "redrive_policy"];

    protected override (string Operation, string Arn) Setter => ("SetSubscriptionAttributes", "SubscriptionArn");

    protected override (string Argument, string Attribute)[] Attributes =>
    [
        ("delivery_policy", "DeliveryPolicy"), ("filter_policy", "FilterPolicy"), ("filter_policy_scope", "FilterPolicyScope"),
        ("raw_message_delivery", "RawMessageDelivery"), ("redrive_policy", "RedrivePolicy"), ("subscription_role_arn", "SubscriptionRoleArn"),
    ];

    protected override IReadOnlyList<string> Honoured =>
        ["endpoint", "protocol", "topic_arn", "confirmation_timeout_in_minutes", "endpoint_auto_confirms", .. Attributes.Select(each => each.Argument)];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = change.State.Give(Mapping.Pascal, "endpoint", "protocol", "topic_arn");
        input["ReturnSubscriptionArn"] = true;
        input["Attributes"] = Values(change.Config);
        change.State["id"] = (await CallAsync("Subscribe", input, ct)).Must("SubscriptionArn");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var answer = await CallAsync("GetSubscriptionAttributes", new() { ["SubscriptionArn"] = state.Required("id") }, ct);
        TakeAttributes(state, answer, ("endpoint", "Endpoint"), ("protocol", "Protocol"), ("topic_arn", "TopicArn"), ("owner_id", "Owner"),
            ("pending_confirmation", "PendingConfirmation"), ("confirmation_was_authenticated", "ConfirmationWasAuthenticated"));
        state["arn"] = state["id"];
        return true;
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("Unsubscribe", new() { ["SubscriptionArn"] = change.Id }, ct);
}
