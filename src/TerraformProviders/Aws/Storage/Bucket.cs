using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Storage;

/// <summary>aws_s3_bucket; what has a resource of its own (versioning, encryption, policy, ...) is configured there.</summary>
internal sealed class Bucket(AwsCloud cloud) : S3Resource(cloud)
{
    // The zone in which a region's bucket names lie; facts of AWS, for the regions people use.
    private static readonly Dictionary<string, string> HostedZones = new()
    {
        ["us-east-1"] = "Z3AQBSTGFYJSTF",
        ["us-east-2"] = "Z2O1EMRO9K5GLX",
        ["us-west-1"] = "Z2F56UZL2M1ACD",
        ["us-west-2"] = "Z3BJ6K6RIION7M",
        ["ca-central-1"] = "Z1QDHH18159H29",
        ["eu-central-1"] = "Z21DNDUVLTQW6Q",
        ["eu-west-1"] = "Z1BKCTXD74EZPE",
        ["eu-west-2"] = "Z3GKZC51ZF0DB4",
        ["eu-west-3"] = "Z3R1K369G5AVDG",
        ["eu-north-1"] = "Z3BAZG2TWCNX0D",
        ["ap-northeast-1"] = "Z2M4EHUR26P7ZW",
        ["ap-southeast-1"] = "Z3O0J2DXBE1FTB",
        ["ap-southeast-2"] = "Z1WCIGYICN2BYD",
        ["ap-south-1"] = "Z11RGJOFQNVJUP",
        ["sa-east-1"] = "Z7KQH4QJS55SO",
    };

    public override string Type => "aws_s3_bucket";

    public override IReadOnlyList<string> ForceNew => ["bucket", "bucket_prefix", "object_lock_enabled", "region"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue> { ["force_destroy"] = false };

    protected override string Noun => "S3 Bucket";

    protected override IReadOnlyList<string> Kept =>
        ["cors_rule", "grant", "lifecycle_rule", "logging", "object_lock_configuration", "replication_configuration", "server_side_encryption_configuration", "versioning", "website"];

    protected override IReadOnlyList<string> Honoured => ["bucket", "bucket_prefix", "force_destroy", "object_lock_enabled"];

    protected override string? Label(TfObject state) => state.String("bucket") ?? state.String("id");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        var name = Ids.Name(state, "bucket", "bucket_prefix");
        state["bucket"] = name;
        var body = Cloud.Region == "us-east-1" ? null
            : Xml("CreateBucketConfiguration", new() { ["LocationConstraint"] = Cloud.Region });
        var headers = state.Bool("object_lock_enabled") == true ? new[] { KeyValuePair.Create("x-amz-bucket-object-lock-enabled", "true") } : null;
        // In us-east-1, S3 takes the same bucket once more without a word; the provider does not.
        if (Cloud.Region == "us-east-1" && await ExistsAsync(name, ct))
        {
            throw new ProviderException($"creating S3 Bucket ({name}): BucketAlreadyExists");
        }

        await SendAsync("CreateBucket", HttpMethod.Put, name, ct, body: body, type: body is null ? null : "application/xml", headers: headers);
        state["id"] = name;
        if (TagsOf(change) is { Count: > 0 } tags)
        {
            await PutAsync("PutBucketTagging", name, "tagging", "Tagging", Tagging(tags), ct);
        }
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var name = state.Required("id");
        if (!await ExistsAsync(name, ct))
        {
            return false;
        }

        state["bucket"] = name;
        state["region"] = state["bucket_region"] = Cloud.Region;
        state["arn"] = $"arn:{Cloud.Partition}:s3:::{name}";
        state["bucket_domain_name"] = $"{name}.s3.{Cloud.DnsSuffix}";
        state["bucket_regional_domain_name"] = $"{name}.s3.{Cloud.Region}.{Cloud.DnsSuffix}";
        state["hosted_zone_id"] = HostedZones.GetValueOrDefault(Cloud.Region, "");
        state["object_lock_enabled"] = state.Bool("object_lock_enabled") ?? false;
        TakeTags(state, await TagsAsync(name, null, ct));
        return true;
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.State.Bool("force_destroy") == true)
        {
            await EmptyAsync(change.Id, ct);
        }

        await SendAsync("DeleteBucket", HttpMethod.Delete, change.Id, ct);
    }

    protected override async Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct)
    {
        var all = (await TagsAsync(state.Required("id"), null, ct)).Where(tag => !tags.ContainsKey(tag.Key)).Concat(tags);
        await PutAsync("PutBucketTagging", state.Required("id"), "tagging", "Tagging", Tagging(all), ct);
    }

    protected override async Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct)
    {
        var left = (await TagsAsync(state.Required("id"), null, ct)).Where(tag => !keys.Contains(tag.Key)).ToList();
        await (left.Count > 0
            ? PutAsync("PutBucketTagging", state.Required("id"), "tagging", "Tagging", Tagging(left), ct)
            : SendAsync("DeleteBucketTagging", HttpMethod.Delete, state.Required("id"), ct, "tagging"));
    }

    private async Task<bool> ExistsAsync(string name, CancellationToken ct)
    {
        try
        {
            await SendAsync("HeadBucket", HttpMethod.Head, name, ct);
            return true;
        }
        catch (AwsException error) when (error.IsGone())
        {
            return false;
        }
    }

    private async Task EmptyAsync(string bucket, CancellationToken ct)
    {
        while (true)
        {
            var page = await GetAsync("ListObjectVersions", bucket, "versions", ct);
            var versions = new[] { "Version", "DeleteMarker" }
                .SelectMany(kind => page.At(kind) switch
                {
                    JsonArray array => array.OfType<JsonNode>(),
                    { } single => [single],
                    null => [],
                }).ToList();
            foreach (var version in versions)
            {
                await SendAsync("DeleteObject", HttpMethod.Delete, bucket, ct, key: version.Must("Key"),
                    query: version.Text("VersionId") is { } id ? [KeyValuePair.Create("versionId", id)] : null);
            }

            if (versions.Count == 0)
            {
                return;
            }
        }
    }
}
