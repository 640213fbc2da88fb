using System.Text.Json.Serialization;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws.SecretsManager.Model;

public sealed record Tag(string Key, string Value);

public sealed record Filter(string Key, List<string> Values);

public sealed record SecretListEntry
{
    [JsonPropertyName("ARN")]
    public string? ARN { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    public DateTime? CreatedDate { get; init; }
    public DateTime? LastChangedDate { get; init; }
    public DateTime? DeletedDate { get; init; }
    public List<Tag>? Tags { get; init; }
}

public sealed record CreateSecretRequest
{
    public required string Name { get; init; }
    public string? ClientRequestToken { get; init; } = Guid.NewGuid().ToString();
    public string? Description { get; init; }
    public string? SecretString { get; init; }
    public List<Tag>? Tags { get; init; }

    /// <summary>Never the value.</summary>
    public override string ToString() => Name;
}

public sealed record CreateSecretResponse
{
    [JsonPropertyName("ARN")]
    public string? ARN { get; init; }
    public string? Name { get; init; }
    public string? VersionId { get; init; }
}

public sealed record DescribeSecretRequest(string SecretId);

public sealed record DescribeSecretResponse
{
    [JsonPropertyName("ARN")]
    public string? ARN { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    public string? KmsKeyId { get; init; }
    public DateTime? CreatedDate { get; init; }
    public DateTime? LastChangedDate { get; init; }

    /// <summary>When it was put up for deletion; null: it was not.</summary>
    public DateTime? DeletedDate { get; init; }
    public List<Tag>? Tags { get; init; }
    public Dictionary<string, List<string>>? VersionIdsToStages { get; init; }
}

public sealed record GetSecretValueRequest(string SecretId)
{
    public string? VersionId { get; init; }
    public string? VersionStage { get; init; }
}

public sealed record GetSecretValueResponse
{
    [JsonPropertyName("ARN")]
    public string? ARN { get; init; }
    public string? Name { get; init; }
    public string? VersionId { get; init; }
    public string? SecretString { get; init; }
    public byte[]? SecretBinary { get; init; }
    public List<string>? VersionStages { get; init; }
    public DateTime? CreatedDate { get; init; }

    /// <summary>Never the value.</summary>
    public override string ToString() => $"{Name} version {VersionId}";
}

public sealed record PutSecretValueRequest
{
    public required string SecretId { get; init; }
    public string? ClientRequestToken { get; init; } = Guid.NewGuid().ToString();
    public string? SecretString { get; init; }

    /// <summary>Labels of the new version; null: AWSCURRENT.</summary>
    public List<string>? VersionStages { get; init; }

    /// <summary>Never the value.</summary>
    public override string ToString() => SecretId;
}

public sealed record PutSecretValueResponse
{
    [JsonPropertyName("ARN")]
    public string? ARN { get; init; }
    public string? Name { get; init; }
    public string? VersionId { get; init; }
    public List<string>? VersionStages { get; init; }
}

/// <summary>Moves a label between versions. It fails when the label is at another version than <c>RemoveFromVersionId</c>.</summary>
public sealed record UpdateSecretVersionStageRequest(string SecretId, string VersionStage)
{
    public string? RemoveFromVersionId { get; init; }
    public string? MoveToVersionId { get; init; }
}

public sealed record UpdateSecretVersionStageResponse
{
    [JsonPropertyName("ARN")]
    public string? ARN { get; init; }
    public string? Name { get; init; }
}

public sealed record DeleteSecretRequest(string SecretId)
{
    public long? RecoveryWindowInDays { get; init; }
    public bool? ForceDeleteWithoutRecovery { get; init; }
}

public sealed record DeleteSecretResponse
{
    [JsonPropertyName("ARN")]
    public string? ARN { get; init; }
    public string? Name { get; init; }
    public DateTime? DeletionDate { get; init; }
}

public sealed record RestoreSecretRequest(string SecretId);

public sealed record RestoreSecretResponse
{
    [JsonPropertyName("ARN")]
    public string? ARN { get; init; }
    public string? Name { get; init; }
}

public sealed record ListSecretsRequest
{
    public bool? IncludePlannedDeletion { get; init; }
    public int? MaxResults { get; init; }
    public string? NextToken { get; init; }
    public List<Filter>? Filters { get; init; }
}

public sealed record ListSecretsResponse(List<SecretListEntry> SecretList, string? NextToken);

public sealed record TagResourceRequest(string SecretId, List<Tag> Tags);

public sealed record TagResourceResponse;

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(EpochSecondsConverter)])]
[JsonSerializable(typeof(CreateSecretRequest))]
[JsonSerializable(typeof(CreateSecretResponse))]
[JsonSerializable(typeof(DescribeSecretRequest))]
[JsonSerializable(typeof(DescribeSecretResponse))]
[JsonSerializable(typeof(GetSecretValueRequest))]
[JsonSerializable(typeof(GetSecretValueResponse))]
[JsonSerializable(typeof(PutSecretValueRequest))]
[JsonSerializable(typeof(PutSecretValueResponse))]
[JsonSerializable(typeof(UpdateSecretVersionStageRequest))]
[JsonSerializable(typeof(UpdateSecretVersionStageResponse))]
[JsonSerializable(typeof(DeleteSecretRequest))]
[JsonSerializable(typeof(DeleteSecretResponse))]
[JsonSerializable(typeof(RestoreSecretRequest))]
[JsonSerializable(typeof(RestoreSecretResponse))]
[JsonSerializable(typeof(ListSecretsRequest))]
[JsonSerializable(typeof(ListSecretsResponse))]
[JsonSerializable(typeof(TagResourceRequest))]
[JsonSerializable(typeof(TagResourceResponse))]
internal sealed partial class SecretsJson : JsonSerializerContext;
