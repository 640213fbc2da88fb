using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Balancing;

/// <summary>What the load balancing resources share: ids that are ARNs, tags by them, attributes that are texts by name.</summary>
internal abstract class ElbResource(AwsCloud cloud) : AwsResource(cloud)
{
    /// <summary>Calls the service.</summary>
    protected Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Elb, operation, input, ct);

    /// <summary>The only thing of a list that fits.</summary>
    protected async Task<JsonNode?> FindAsync(string operation, string list, string argument, string arn, CancellationToken ct) =>
        (await CallAsync(operation, new() { [argument] = Wire.Members([arn]) }, ct)).Items(list).FirstOrDefault();

    /// <summary>Asks for the tags and takes them.</summary>
    protected async Task TakeTagsAsync(TfObject state, CancellationToken ct)
    {
        var answer = await CallAsync("DescribeTags", new() { ["ResourceArns"] = Wire.Members([state.Required("id")]) }, ct);
        TakeTags(state, answer.Items("TagDescriptions.0.Tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));
    }

    /// <summary>Tags for a request.</summary>
    protected static JsonObject? Pairs(IReadOnlyDictionary<string, string> tags) =>
        Wire.Members(tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value }));

    /// <summary>Sets those attributes that differ from what they were, or from the default where there was nothing.</summary>
    protected async Task SetAttributesAsync(
        string operation, string arnName, ResourceChange change, IEnumerable<(string Argument, string Attribute)> attributes, CancellationToken ct)
    {
        var changed = attributes.Where(each => change.State.String(each.Argument) is { } value
            && (change.Prior is { } prior ? prior.String(each.Argument) != value : change.Config[each.Argument].HasValue));
        var members = Wire.Members(changed.Select(each => new JsonObject { ["Key"] = each.Attribute, ["Value"] = change.State.String(each.Argument) }));
        if (members is not null)
        {
            await CallAsync(operation, new() { [arnName] = change.Id, ["Attributes"] = members }, ct);
        }
    }

    /// <summary>Takes attributes by name.</summary>
    protected static void TakeAttributes(TfObject state, JsonNode answer, IEnumerable<(string Argument, string Attribute)> attributes)
    {
        var values = answer.Items("Attributes").ToDictionary(each => each.Must("Key"), each => each.Text("Value"));
        foreach (var (argument, attribute) in attributes)
        {
            if (values.TryGetValue(attribute, out var value) && value is not null)
            {
                state[argument] = value;
            }
        }
    }

    /// <inheritdoc/>
    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("AddTags", new() { ["ResourceArns"] = Wire.Members([state.Required("id")]), ["Tags"] = Pairs(tags) }, ct);

    /// <inheritdoc/>
    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) => CallAsync("RemoveTags",
        new() { ["ResourceArns"] = Wire.Members([state.Required("id")]), ["TagKeys"] = Wire.Members(keys.Select(key => (JsonNode)key)) }, ct);
}
