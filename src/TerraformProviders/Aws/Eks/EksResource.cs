using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Eks;

/// <summary>What EKS's resources share: tags by ARN, and ids made of the cluster's name and their own.</summary>
internal abstract class EksResource(AwsCloud cloud) : AwsResource(cloud)
{
    /// <summary>Between the parts of an id.</summary>
    protected virtual char Separator => ':';

    /// <summary>What is tagged.</summary>
    protected virtual string ArnOf(TfObject state) => state.Required("arn");

    /// <summary>Calls EKS.</summary>
    protected Task<JsonNode> CallAsync(string operation, HttpMethod method, FormattableString path, JsonObject? input, CancellationToken ct) =>
        Cloud.EksAsync(operation, method, path, input, ct);

    /// <summary>Adds the tags to a request that creates something.</summary>
    protected static JsonObject WithTags(JsonObject input, ResourceChange change)
    {
        if (TagsOf(change) is { Count: > 0 } tags)
        {
            input["tags"] = Object(tags);
        }

        return input;
    }

    /// <summary>Takes the tags of an answer.</summary>
    protected void TakeTags(TfObject state, JsonNode? answer) => TakeTags(state,
        (answer.At("tags") as JsonObject ?? []).Select(tag => KeyValuePair.Create(tag.Key, tag.Value?.ToString() ?? "")));

    /// <summary>The two parts of an id.</summary>
    protected (string Cluster, string Name) Parts(string id) => id.Split(Separator, 2) is [{ Length: > 0 } cluster, { Length: > 0 } name]
        ? (cluster, name)
        : throw new ProviderException($"unexpected format for ID ({id}), expected cluster-name{Separator}name");

    /// <inheritdoc/>
    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("TagResource", HttpMethod.Post, $"/tags/{ArnOf(state)}", new() { ["tags"] = Object(tags) }, ct);

    /// <inheritdoc/>
    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) => Cloud.SendAsync(
        new(Mayfly.Aws.AwsService.Eks, "UntagResource", HttpMethod.Delete)
        {
            Path = Mayfly.Aws.Protocols.AwsRequest.PathOf($"/tags/{ArnOf(state)}"),
            Query = [.. keys.Select(key => KeyValuePair.Create("tagKeys", key))],
        }, ct);

    private static JsonObject Object(IReadOnlyDictionary<string, string> tags) =>
        new(tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value)));
}
