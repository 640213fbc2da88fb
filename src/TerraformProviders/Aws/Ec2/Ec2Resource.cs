using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Ec2;

/// <summary>What EC2's resources share: tags by resource id, and describing one by its id.</summary>
internal abstract class Ec2Resource(AwsCloud cloud) : AwsResource(cloud)
{
    /// <summary>Calls EC2.</summary>
    protected Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) =>
        Cloud.CallAsync(AwsApi.Ec2, operation, input, ct);

    /// <summary>The only thing of a list that fits; null when there is none.</summary>
    protected async Task<JsonNode?> FindAsync(string operation, string list, JsonObject input, CancellationToken ct) =>
        (await CallAsync(operation, input, ct)).Items(list).FirstOrDefault();

    /// <summary>A filter of a describe operation.</summary>
    protected static JsonObject Filter(params (string Name, string Value)[] filters) => new()
    {
        ["Filter"] = new JsonArray([.. filters.Select(filter => new JsonObject { ["Name"] = filter.Name, ["Value"] = new JsonArray(filter.Value) })]),
    };

    /// <summary>The tags of a request that creates something.</summary>
    protected static JsonArray? TagSpecification(string type, ResourceChange change) => TagsOf(change) is { Count: > 0 } tags
        ? [(JsonNode)new JsonObject { ["ResourceType"] = type, ["Tag"] = Wire.Tags(tags) }]
        : null;

    /// <summary>Takes the tags of an answer.</summary>
    protected void TakeTags(TfObject state, JsonNode? answer) =>
        TakeTags(state, answer.Items("tagSet").Select(tag => KeyValuePair.Create(tag.Text("key") ?? "", tag.Text("value") ?? "")));

    /// <inheritdoc/>
    protected override string? Label(TfObject state) => state.String("id");

    /// <inheritdoc/>
    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("CreateTags", new() { ["ResourceId"] = new JsonArray(state.Required("id")), ["Tag"] = Wire.Tags(tags) }, ct);

    /// <inheritdoc/>
    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) => CallAsync("DeleteTags", new()
    {
        ["ResourceId"] = new JsonArray(state.Required("id")),
        ["Tag"] = new JsonArray([.. keys.Select(key => new JsonObject { ["Key"] = key })]),
    }, ct);

    /// <summary>Sets one attribute through a <c>Modify…Attribute</c> operation, which takes one at a time.</summary>
    protected Task ModifyAsync(string operation, string idName, string id, string attribute, bool value, CancellationToken ct) =>
        CallAsync(operation, new() { [idName] = id, [attribute] = new JsonObject { ["Value"] = value } }, ct);

    /// <summary>Deletes, again and again while something still depends on it, as the real provider does.</summary>
    protected async Task DeleteWhenFreeAsync(string operation, JsonObject input, TimeSpan limit, CancellationToken ct)
    {
        AwsException? held = null;
        limit = Cloud.Options.Patience is { } patience && patience < limit ? patience : limit;
        var start = TimeProvider.System.GetTimestamp();
        do
        {
            try
            {
                await CallAsync(operation, (JsonObject)input.DeepClone(), ct);
                return;
            }
            catch (AwsException error) when (error.Code is "DependencyViolation" or "InvalidIPAddress.InUse")
            {
                held = error;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, ct);
        }
        while (TimeProvider.System.GetElapsedTime(start) < limit);
        throw held;
    }
}
