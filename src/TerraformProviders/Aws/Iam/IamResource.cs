using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Iam;

/// <summary>What IAM's resources share: documents that come escaped, and tags of a named thing.</summary>
internal abstract class IamResource(AwsCloud cloud) : AwsResource(cloud)
{
    /// <summary>What the tag operations call it (<c>Role</c>), by which member it is named (<c>RoleName</c>), and by which attribute; null: it has no tags.</summary>
    protected virtual (string Kind, string Member, string Attribute)? Tagging => null;

    /// <inheritdoc/>
    protected override bool IsGlobal => true;

    /// <summary>Calls IAM.</summary>
    protected Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) =>
        Cloud.CallAsync(AwsApi.Iam, operation, input, ct);

    /// <summary>All elements of a list, page by page.</summary>
    protected async Task<List<JsonNode>> ListAsync(string operation, string list, JsonObject input, CancellationToken ct)
    {
        List<JsonNode> all = [];
        for (string? marker = null; ;)
        {
            var page = (JsonObject)input.DeepClone();
            page["Marker"] = marker;
            var answer = await CallAsync(operation, page, ct);
            all.AddRange(answer.Items(list));
            if (!answer.Flag("IsTruncated") || (marker = answer.Text("Marker")) is null)
            {
                return all;
            }
        }
    }

    /// <summary>A document from an answer, where IAM escapes it.</summary>
    protected static string? Document(string? escaped) => escaped is null ? null : Uri.UnescapeDataString(escaped);

    /// <summary>The tags of a request that creates something.</summary>
    protected static JsonObject? TagsIn(ResourceChange change) => Pairs(TagsOf(change));

    /// <summary>Takes the tags of an answer.</summary>
    protected void TakeTags(TfObject state, JsonNode? answer) =>
        TakeTags(state, answer.Items("Tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));

    /// <inheritdoc/>
    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) => Tagging is not { } it
        ? Task.CompletedTask
        : CallAsync($"Tag{it.Kind}", new() { [it.Member] = state.Required(it.Attribute), ["Tags"] = Pairs(tags) }, ct);

    /// <inheritdoc/>
    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) => Tagging is not { } it
        ? Task.CompletedTask
        : CallAsync($"Untag{it.Kind}", new() { [it.Member] = state.Required(it.Attribute), ["TagKeys"] = Wire.Members(keys.Select(key => (JsonNode)key)) }, ct);

    private static JsonObject? Pairs(IReadOnlyDictionary<string, string> tags) =>
        Wire.Members(tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value }));
}
