using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Storage;

/// <summary>aws_ecr_repository.</summary>
internal sealed class EcrRepository(AwsCloud cloud) : AwsResource(cloud)
{
    public override string Type => "aws_ecr_repository";

    public override IReadOnlyList<string> ForceNew => ["encryption_configuration.encryption_type", "encryption_configuration.kms_key", "name"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["image_tag_mutability"] = "MUTABLE",
        ["encryption_configuration.encryption_type"] = "AES256",
    };

    protected override string Noun => "ECR Repository";

    protected override IReadOnlyList<string> Kept => ["encryption_configuration", "image_scanning_configuration"];

    protected override IReadOnlyList<string> Honoured => ["name", "force_delete", "image_tag_mutability", "encryption_configuration", "image_scanning_configuration"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        var input = state.Give(Mapping.Camel, "name=repositoryName", "image_tag_mutability");
        input["imageScanningConfiguration"] = change.Config.Block("image_scanning_configuration")?.Give(Mapping.Camel, "scan_on_push");
        input["encryptionConfiguration"] = change.Config.Block("encryption_configuration") is null
            ? null : state.Block("encryption_configuration")!.Give(Mapping.Camel, "encryption_type", "kms_key");
        input["tags"] = TagsOf(change) is { Count: > 0 } tags ? Wire.Tags(tags) : null;
        await CallAsync("CreateRepository", input, ct);
        state["id"] = state["name"];
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var answer = await CallAsync("DescribeRepositories", new() { ["repositoryNames"] = new JsonArray(state.Required("id")) }, ct);
        if (answer.At("repositories.0") is not { } repository)
        {
            return false;
        }

        state.Take(repository, "arn=repositoryArn", "name=repositoryName", "registry_id", "repository_url=repositoryUri", "image_tag_mutability");
        state["image_scanning_configuration"] = TfValue.Blocks(new TfObject().Take(repository.At("imageScanningConfiguration"), "scan_on_push"));
        state["encryption_configuration"] = TfValue.Blocks(new TfObject { ["kms_key"] = "" }.Take(repository.At("encryptionConfiguration"), "encryption_type", "kms_key"));
        var tags = await CallAsync("ListTagsForResource", new() { ["resourceArn"] = state.Required("arn") }, ct);
        TakeTags(state, tags.Items("tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("image_tag_mutability"))
        {
            await CallAsync("PutImageTagMutability", Named(change, change.State.Give(Mapping.Camel, "image_tag_mutability")), ct);
        }

        if (change.Changed("image_scanning_configuration"))
        {
            var scanning = change.State.Block("image_scanning_configuration")?.Give(Mapping.Camel, "scan_on_push");
            await CallAsync("PutImageScanningConfiguration", Named(change, new() { ["imageScanningConfiguration"] = scanning }), ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("DeleteRepository", Named(change, new() { ["force"] = change.State.Bool("force_delete") ?? false }), ct);

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("TagResource", new() { ["resourceArn"] = state.Required("arn"), ["tags"] = Wire.Tags(tags) }, ct);

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) =>
        CallAsync("UntagResource", new() { ["resourceArn"] = state.Required("arn"), ["tagKeys"] = Wire.Array(keys) }, ct);

    private static JsonObject Named(ResourceChange change, JsonObject input)
    {
        input["repositoryName"] = change.Id;
        return input;
    }

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Ecr, operation, input, ct);
}

/// <summary>aws_ecr_lifecycle_policy.</summary>
internal sealed class EcrLifecyclePolicy(AwsCloud cloud) : AwsResource(cloud)
{
    public override string Type => "aws_ecr_lifecycle_policy";

    public override IReadOnlyList<string> ForceNew => ["policy", "repository"];

    protected override string Noun => "ECR Lifecycle Policy";

    protected override IReadOnlyList<string> JsonDocuments => ["policy"];

    protected override IReadOnlyList<string> Honoured => ForceNew;

    protected override string? Label(TfObject state) => state.String("repository") ?? state.String("id");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await Cloud.CallAsync(AwsApi.Ecr, "PutLifecyclePolicy", change.State.Give(Mapping.Camel, "repository=repositoryName", "policy=lifecyclePolicyText"), ct);
        change.State["id"] = change.State["repository"];
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var answer = await Cloud.CallAsync(AwsApi.Ecr, "GetLifecyclePolicy", new() { ["repositoryName"] = state.Required("id") }, ct);
        state.Take(answer, "repository=repositoryName", "registry_id", "policy=lifecyclePolicyText");
        return true;
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        Cloud.CallAsync(AwsApi.Ecr, "DeleteLifecyclePolicy", new() { ["repositoryName"] = change.Id }, ct);
}
