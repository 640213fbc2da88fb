using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Storage;

/// <summary>What S3's resources share: requests below a bucket's path, and sub-resources of a bucket.</summary>
internal abstract class S3Resource(AwsCloud cloud) : AwsResource(cloud)
{
    private static readonly XNamespace Model = "http://s3.amazonaws.com/doc/2006-03-01/";

    /// <summary>Sends a request about a bucket, or a key in it; <paramref name="part"/> names the sub-resource.</summary>
    protected async Task<AwsResponse> SendAsync(
        string operation, HttpMethod method, string bucket, CancellationToken ct, string? part = null, byte[]? body = null, string? type = null,
        string? key = null, IEnumerable<KeyValuePair<string, string>>? headers = null, IEnumerable<KeyValuePair<string, string>>? query = null)
    {
        var path = AwsRequest.PathOf($"/{bucket}") + (key is null ? "" : "/" + string.Join('/', key.Split('/').Select(Uri.EscapeDataString)));
        return await Cloud.SendAsync(new AwsRequest(AwsService.S3, operation, method)
        {
            Path = path,
            Query = [.. part is null ? [] : new[] { KeyValuePair.Create(part, "") }, .. query ?? []],
            Headers = [.. headers ?? []],
            Body = body,
            ContentType = type,
        }, ct);
    }

    /// <summary>Reads a sub-resource as JSON.</summary>
    protected async Task<JsonNode> GetAsync(string operation, string bucket, string part, CancellationToken ct) =>
        Wire.FromXml(AwsXml.Parse((await SendAsync(operation, HttpMethod.Get, bucket, ct, part)).Body));

    /// <summary>Writes a sub-resource as XML.</summary>
    protected Task PutAsync(string operation, string bucket, string part, string root, JsonObject body, CancellationToken ct) =>
        SendAsync(operation, HttpMethod.Put, bucket, ct, part, Xml(root, body), "application/xml");

    /// <summary>A document of S3's.</summary>
    protected static byte[] Xml(string root, JsonObject body) => Encoding.UTF8.GetBytes(Wire.ToXml(Model + root, body).ToString(SaveOptions.DisableFormatting));

    /// <summary>What S3 calls tags; null for none.</summary>
    protected static JsonObject Tagging(IEnumerable<KeyValuePair<string, string>> tags) => new()
    {
        ["TagSet"] = Wire.Members("Tag", tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })) ?? [],
    };

    /// <summary>The tags of a bucket or of a key.</summary>
    protected async Task<List<KeyValuePair<string, string>>> TagsAsync(string bucket, string? key, CancellationToken ct)
    {
        try
        {
            var answer = await SendAsync(key is null ? "GetBucketTagging" : "GetObjectTagging", HttpMethod.Get, bucket, ct, "tagging", key: key);
            return [.. Wire.FromXml(AwsXml.Parse(answer.Body)).Items("TagSet").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? ""))];
        }
        catch (AwsException error) when (error.Code == "NoSuchTagSet")
        {
            return [];
        }
    }

    /// <summary>The header <c>x-amz-tagging</c> for tags.</summary>
    protected static string TagHeader(IReadOnlyDictionary<string, string> tags) =>
        string.Join('&', tags.Select(tag => string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(tag.Key)}={Uri.EscapeDataString(tag.Value)}")));
}

/// <summary>A bucket's sub-resource as a resource of its own; its id is the bucket's name.</summary>
internal abstract class BucketPart(AwsCloud cloud) : S3Resource(cloud)
{
    /// <summary>The sub-resource, as operations are called by it and as it stands in the query.</summary>
    protected abstract (string Operation, string Query) Part { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ForceNew => ["bucket"];

    /// <summary>Writes it.</summary>
    protected abstract Task PutAsync(TfObject state, CancellationToken ct);

    /// <summary>Takes what S3 answers; false when that means that there is none.</summary>
    protected abstract bool Take(TfObject state, byte[] answer);

    /// <inheritdoc/>
    protected override string? Label(TfObject state) => state.String("bucket") ?? state.String("id");

    /// <inheritdoc/>
    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await PutAsync(change.State, ct);
        change.State["id"] = change.State["bucket"];
    }

    /// <inheritdoc/>
    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var bucket = state.Required("id");
        try
        {
            var answer = await SendAsync($"Get{Part.Operation}", HttpMethod.Get, bucket, ct, Part.Query);
            state["bucket"] = bucket;
            return Take(state, answer.Body);
        }
        catch (AwsException error) when (error.Code is "ServerSideEncryptionConfigurationNotFoundError" or "NoSuchPublicAccessBlockConfiguration")
        {
            return false;
        }
    }

    /// <inheritdoc/>
    protected override Task UpdateCoreAsync(ResourceChange change, CancellationToken ct) => PutAsync(change.State, ct);

    /// <inheritdoc/>
    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        SendAsync($"Delete{Part.Operation}", HttpMethod.Delete, change.Id, ct, Part.Query);
}
