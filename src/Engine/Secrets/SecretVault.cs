using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Aws.SecretsManager;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Secrets;

/// <summary>A secret as it is now.</summary>
/// <param name="Version">The current version; null when it has none.</param>
/// <param name="Values">The keys of its JSON object; null when its text is no such object.</param>
/// <param name="Owner">The environment its tag names; null when it has no such tag.</param>
/// <param name="IsScheduledForDeletion">True when it is put up for deletion; then its value cannot be read.</param>
internal sealed record StoredSecret(string? Version, JsonObject? Values, string? Owner, bool IsScheduledForDeletion)
{
    /// <summary>When the current version was made; null when there is none.</summary>
    public DateTimeOffset? Written { get; init; }
}

/// <summary>
/// Reads and writes secrets whose text is a JSON object. A write takes effect only when the version it was made from is still
/// the current one: AWS moves the label AWSCURRENT away from exactly that version or not at all.
/// </summary>
internal sealed class SecretVault(AmazonSecretsManagerClient client, Redactor redactor)
{
    private const string Current = "AWSCURRENT";

    // Carries a version until it becomes the current one. It stays on the newest, so there is nothing to clean up.
    private const string Pending = "MAYFLYPENDING";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Asked before each write; a failure stops it. Null: nobody is.</summary>
    public Func<CancellationToken, Task<Failure?>>? BeforeWrite { get; set; }

    /// <summary>Reads a secret; null when it does not exist.</summary>
    public async Task<StoredSecret?> ReadAsync(string id, string ownerTag, CancellationToken ct)
    {
        DescribeSecretResponse described;
        try
        {
            described = await client.DescribeSecretAsync(new DescribeSecretRequest(id), ct);
        }
        catch (AwsException missing) when (AwsErrorCodes.IsNotFound(missing.Code))
        {
            return null;
        }

        var owner = described.Tags?.FirstOrDefault(tag => tag.Key == ownerTag)?.Value;
        if (described.DeletedDate is not null)
        {
            return new StoredSecret(null, null, owner, true);
        }

        try
        {
            var value = await client.GetSecretValueAsync(new GetSecretValueRequest(id) { VersionStage = Current }, ct);
            redactor.Learn(value.SecretString ?? "");
            return new StoredSecret(value.VersionId, Parse(value.SecretString), owner, false)
            {
                Written = value.CreatedDate is { } created ? new DateTimeOffset(created.ToUniversalTime()) : null,
            };
        }
        catch (AwsException empty) when (AwsErrorCodes.IsNotFound(empty.Code))
        {
            return new StoredSecret(null, [], owner, false);
        }
    }

    /// <summary>The whole text of a secret; null when it or its value does not exist.</summary>
    public async Task<string?> TextAsync(string id, CancellationToken ct)
    {
        try
        {
            var text = (await client.GetSecretValueAsync(new GetSecretValueRequest(id) { VersionStage = Current }, ct)).SecretString;
            redactor.Learn(text ?? "");
            return text;
        }
        catch (AwsException missing) when (AwsErrorCodes.IsNotFound(missing.Code))
        {
            return null;
        }
    }

    /// <summary>Creates an empty secret. One that another run made in the meantime is as good.</summary>
    public async Task CreateAsync(string id, IReadOnlyDictionary<string, string> tags, CancellationToken ct)
    {
        await AskAsync(ct);
        try
        {
            await client.CreateSecretAsync(
                new CreateSecretRequest { Name = id, Tags = [.. tags.Select(tag => new Tag(tag.Key, tag.Value))] }, ct);
        }
        catch (AwsException exists) when (exists.Code == "ResourceExistsException")
        {
            // What was wanted holds.
        }
    }

    /// <summary>Takes a secret back from its scheduled deletion.</summary>
    public async Task RestoreAsync(string id, CancellationToken ct)
    {
        await AskAsync(ct);
        await client.RestoreSecretAsync(new RestoreSecretRequest(id), ct);
    }

    /// <summary>Makes values the current version; false when somebody else wrote since <paramref name="basis"/> was read.</summary>
    public async Task<bool> WriteAsync(string id, string? basis, JsonObject values, CancellationToken ct)
    {
        await AskAsync(ct);
        var written = await client.PutSecretValueAsync(
            new PutSecretValueRequest { SecretId = id, SecretString = values.ToJsonString(Readable), VersionStages = [Pending] }, ct);

        // The very first version is labelled current by AWS itself, whatever was asked for.
        if (written.VersionStages?.Contains(Current) is true)
        {
            return true;
        }

        try
        {
            await client.UpdateSecretVersionStageAsync(
                new UpdateSecretVersionStageRequest(id, Current) { RemoveFromVersionId = basis, MoveToVersionId = written.VersionId }, ct);
            return true;
        }
        catch (AwsException raced) when (raced.Code is "InvalidParameterException" or "InvalidRequestException")
        {
            return false;
        }
    }

    private async Task AskAsync(CancellationToken ct)
    {
        if (BeforeWrite is { } ask && await ask(ct) is { } failure)
        {
            throw new WriteStoppedException(failure);
        }
    }

    private static JsonObject? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
