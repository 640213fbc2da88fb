using System.Text;
using System.Text.Json.Nodes;
using Mayfly.Aws.Protocols;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Storage;

/// <summary>aws_s3_bucket_versioning.</summary>
internal sealed class BucketVersioning(AwsCloud cloud) : BucketPart(cloud)
{
    public override string Type => "aws_s3_bucket_versioning";

    protected override string Noun => "S3 Bucket Versioning";

    protected override (string Operation, string Query) Part => ("BucketVersioning", "versioning");

    protected override IReadOnlyList<string> Honoured => ["bucket", "versioning_configuration.status"];

    protected override Task PutAsync(TfObject state, CancellationToken ct) => state.Block("versioning_configuration")?.String("status") == "Disabled"
        ? Task.CompletedTask
        : SetAsync(state, state.Block("versioning_configuration")?.String("status"), ct);

    protected override bool Take(TfObject state, byte[] answer)
    {
        var status = Wire.FromXml(AwsXml.Parse(answer)).Text("Status") ?? "Disabled";
        if (status == "Disabled" && state.Block("versioning_configuration")?.String("status") is not ("Disabled" or null))
        {
            return false;
        }

        state["versioning_configuration"] = TfValue.Blocks(new TfObject { ["status"] = status, ["mfa_delete"] = "" });
        return true;
    }

    // Versioning, once on, can only be suspended.
    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        change.State.Block("versioning_configuration")?.String("status") == "Enabled" ? SetAsync(change.State, "Suspended", ct) : Task.CompletedTask;

    private Task SetAsync(TfObject state, string? status, CancellationToken ct) => PutAsync("PutBucketVersioning", state.Required("bucket"), "versioning",
        "VersioningConfiguration", new() { ["Status"] = status }, ct);
}

/// <summary>aws_s3_bucket_public_access_block.</summary>
internal sealed class PublicAccessBlock(AwsCloud cloud) : BucketPart(cloud)
{
    private static readonly string[] Switches = ["block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets"];

    public override string Type => "aws_s3_bucket_public_access_block";

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = Switches.ToDictionary(name => name, _ => (TfValue)false);

    protected override string Noun => "S3 Bucket Public Access Block";

    protected override (string Operation, string Query) Part => ("PublicAccessBlock", "publicAccessBlock");

    protected override IReadOnlyList<string> Honoured => ["bucket", "skip_destroy", .. Switches];

    protected override Task PutAsync(TfObject state, CancellationToken ct) => PutAsync("PutPublicAccessBlock", state.Required("bucket"), "publicAccessBlock",
        "PublicAccessBlockConfiguration", state.Give(Mapping.Pascal, Switches), ct);

    protected override bool Take(TfObject state, byte[] answer)
    {
        state.Take(Wire.FromXml(AwsXml.Parse(answer)), Switches);
        return true;
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        change.State.Bool("skip_destroy") == true ? Task.CompletedTask : base.DeleteCoreAsync(change, ct);
}

/// <summary>aws_s3_bucket_server_side_encryption_configuration.</summary>
internal sealed class BucketEncryption(AwsCloud cloud) : BucketPart(cloud)
{
    public override string Type => "aws_s3_bucket_server_side_encryption_configuration";

    protected override string Noun => "S3 Bucket Server-side Encryption Configuration";

    protected override (string Operation, string Query) Part => ("BucketEncryption", "encryption");

    protected override IReadOnlyList<string> Honoured => ["bucket", "rule.apply_server_side_encryption_by_default", "rule.bucket_key_enabled"];

    protected override Task PutAsync(TfObject state, CancellationToken ct)
    {
        var rules = state.Blocks("rule").Select(rule =>
        {
            var entry = new JsonObject();
            if (rule.Block("apply_server_side_encryption_by_default") is { } byDefault)
            {
                entry["ApplyServerSideEncryptionByDefault"] = new JsonObject
                {
                    ["SSEAlgorithm"] = byDefault.String("sse_algorithm"),
                    ["KMSMasterKeyID"] = byDefault.String("kms_master_key_id") is { Length: > 0 } key ? key : null,
                };
            }

            entry["BucketKeyEnabled"] = rule.Bool("bucket_key_enabled");
            return entry;
        });
        return PutAsync("PutBucketEncryption", state.Required("bucket"), "encryption", "ServerSideEncryptionConfiguration", new() { ["Rule"] = new JsonArray([.. rules]) }, ct);
    }

    protected override bool Take(TfObject state, byte[] answer)
    {
        state["rule"] = TfValue.Blocks(Wire.FromXml(AwsXml.Parse(answer)).Items().Where(rule => rule is JsonObject).Select(rule =>
        {
            var byDefault = new TfObject { ["kms_master_key_id"] = "" }
                .Take(rule.At("ApplyServerSideEncryptionByDefault"), "sse_algorithm=SSEAlgorithm", "kms_master_key_id=KMSMasterKeyID");
            return new TfObject { ["apply_server_side_encryption_by_default"] = TfValue.Blocks(byDefault) }.Take(rule, "bucket_key_enabled");
        }));
        return true;
    }
}

/// <summary>aws_s3_bucket_policy.</summary>
internal sealed class BucketPolicy(AwsCloud cloud) : BucketPart(cloud)
{
    public override string Type => "aws_s3_bucket_policy";

    protected override string Noun => "S3 Bucket Policy";

    protected override IReadOnlyList<string> JsonDocuments => ["policy"];

    protected override (string Operation, string Query) Part => ("BucketPolicy", "policy");

    protected override IReadOnlyList<string> Honoured => ["bucket", "policy"];

    protected override Task PutAsync(TfObject state, CancellationToken ct) => SendAsync("PutBucketPolicy", HttpMethod.Put, state.Required("bucket"), ct, "policy",
        Encoding.UTF8.GetBytes(state.Required("policy")), "application/json");

    protected override bool Take(TfObject state, byte[] answer)
    {
        state["policy"] = JsonDocument.Normal(Encoding.UTF8.GetString(answer));
        return true;
    }
}
