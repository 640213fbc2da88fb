using System.Security.Cryptography;
using System.Text;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Storage;

/// <summary>aws_s3_object.</summary>
internal sealed class BucketObject(AwsCloud cloud) : S3Resource(cloud)
{
    private static readonly (string Argument, string Header)[] Headers =
    [
        ("cache_control", "Cache-Control"), ("content_disposition", "Content-Disposition"), ("content_encoding", "Content-Encoding"),
        ("content_language", "Content-Language"), ("storage_class", "x-amz-storage-class"), ("server_side_encryption", "x-amz-server-side-encryption"),
        ("kms_key_id", "x-amz-server-side-encryption-aws-kms-key-id"), ("website_redirect", "x-amz-website-redirect-location"), ("acl", "x-amz-acl"),
    ];

    private static readonly string[] Content = ["content", "content_base64", "source", "source_hash", "etag", "content_type", "metadata"];

    public override string Type => "aws_s3_object";

    public override IReadOnlyList<string> ForceNew => ["bucket", "key"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue> { ["force_destroy"] = false };

    protected override string Noun => "S3 Object";

    protected override IReadOnlyList<string> Honoured => ["bucket", "key", "force_destroy", .. Content, .. Headers.Select(each => each.Argument)];

    protected override string? Label(TfObject state) => state.String("key") ?? state.String("id");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await UploadAsync(change, ct);
        change.State["id"] = change.State["key"];
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var (bucket, key) = (state.Required("bucket"), state.Required("key"));
        var answer = (await SendAsync("HeadObject", HttpMethod.Head, bucket, ct, key: key)).Headers;
        state["id"] = key;
        state["arn"] = $"arn:{Cloud.Partition}:s3:::{bucket}/{key}";
        state["etag"] = answer.GetValueOrDefault("ETag")?.Trim('"');
        state["content_type"] = answer.GetValueOrDefault("Content-Type");
        state["version_id"] = answer.GetValueOrDefault("x-amz-version-id") is { } version and not "null" ? version : "";
        state["storage_class"] = answer.GetValueOrDefault("x-amz-storage-class") ?? "STANDARD";
        foreach (var (argument, header) in Headers.Where(each => each.Argument is not ("storage_class" or "acl")))
        {
            state[argument] = answer.GetValueOrDefault(header) ?? state[argument];
        }

        const string Metadata = "x-amz-meta-";
        var metadata = answer.Where(header => header.Key.StartsWith(Metadata, StringComparison.OrdinalIgnoreCase))
            .Select(header => KeyValuePair.Create(header.Key[Metadata.Length..].ToLowerInvariant(), header.Value)).ToList();
        state["metadata"] = metadata.Count == 0 && !state["metadata"].HasValue ? TfValue.Null : TfValue.Map(metadata);
        TakeTags(state, await TagsAsync(bucket, key, ct));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (Content.Concat(Headers.Select(each => each.Argument)).Any(change.Changed))
        {
            await UploadAsync(change, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        SendAsync("DeleteObject", HttpMethod.Delete, change.State.Required("bucket"), ct, key: change.State.Required("key"));

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) => RetagAsync(state, ct);

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) => RetagAsync(state, ct);

    public override Task<TfObject> ImportAsync(string id, CancellationToken ct)
    {
        var path = id.StartsWith("s3://", StringComparison.Ordinal) ? id["s3://".Length..] : id;
        return path.Split('/', 2) is [{ Length: > 0 } bucket, { Length: > 0 } key]
            ? Task.FromResult(new TfObject { ["bucket"] = bucket, ["key"] = key, ["id"] = key, ["force_destroy"] = false })
            : throw new ProviderException($"id {id} should be in format <bucket>/<key> or s3://<bucket>/<key>");
    }

    // What a new content will be known by is known before it is uploaded only when it stands in the configuration.
    public override void Plan(ResourcePlan plan)
    {
        base.Plan(plan);
        if (plan.Prior is { } prior && plan.Config["etag"].IsNull && Content.Any(name => name != "etag" && !plan.Planned[name].Equals(prior[name])))
        {
            plan.Planned["etag"] = plan.Planned["version_id"] = TfValue.Unknown;
        }
    }

    private async Task UploadAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        var body = change.Config.String("content") is { } text ? Encoding.UTF8.GetBytes(text)
            : change.Config.String("content_base64") is { } encoded ? Convert.FromBase64String(encoded)
            : change.Config.String("source") is { } file ? await ReadAsync(file, ct)
            : [];
        var headers = Headers.Where(each => change.Config.String(each.Argument) is { Length: > 0 })
            .Select(each => KeyValuePair.Create(each.Header, change.Config.String(each.Argument)!))
            .Concat(state.Map("metadata").Select(entry => KeyValuePair.Create($"x-amz-meta-{entry.Key}", entry.Value)));
        if (TagsOf(change) is { Count: > 0 } tags)
        {
            headers = headers.Append(KeyValuePair.Create("x-amz-tagging", TagHeader(tags)));
        }

        headers = headers.Append(KeyValuePair.Create("Content-MD5", Convert.ToBase64String(MD5.HashData(body))));
        await SendAsync("PutObject", HttpMethod.Put, state.Required("bucket"), ct, body: body,
            type: change.Config.String("content_type") ?? "application/octet-stream", key: state.Required("key"), headers: headers);
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, ct);
        }
        catch (IOException fault)
        {
            throw new ProviderException($"opening S3 object source ({file}): {fault.Message}", attribute: "source");
        }
    }

    private Task RetagAsync(TfObject state, CancellationToken ct) => SendAsync("PutObjectTagging", HttpMethod.Put, state.Required("bucket"), ct, "tagging",
        Xml("Tagging", Tagging(state.Map("tags_all"))), "application/xml", state.Required("key"));
}
