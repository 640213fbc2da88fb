using Mayfly.Aws.Protocols;
using Mayfly.Aws.SecretsManager.Model;

namespace Mayfly.Aws.SecretsManager;

/// <summary>Secrets Manager, named and shaped as the SDK's client.</summary>
public sealed class AmazonSecretsManagerClient(AwsSession session)
{
    private readonly AwsJsonClient _client = new(session, AwsService.SecretsManager, "secretsmanager");

    public Task<CreateSecretResponse> CreateSecretAsync(CreateSecretRequest request, CancellationToken ct = default) =>
        _client.CallAsync("CreateSecret", request, SecretsJson.Default.CreateSecretRequest, SecretsJson.Default.CreateSecretResponse, ct);

    public Task<DescribeSecretResponse> DescribeSecretAsync(DescribeSecretRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DescribeSecret", request, SecretsJson.Default.DescribeSecretRequest, SecretsJson.Default.DescribeSecretResponse, ct);

    public Task<GetSecretValueResponse> GetSecretValueAsync(GetSecretValueRequest request, CancellationToken ct = default) =>
        _client.CallAsync("GetSecretValue", request, SecretsJson.Default.GetSecretValueRequest, SecretsJson.Default.GetSecretValueResponse, ct);

    public Task<PutSecretValueResponse> PutSecretValueAsync(PutSecretValueRequest request, CancellationToken ct = default) =>
        _client.CallAsync("PutSecretValue", request, SecretsJson.Default.PutSecretValueRequest, SecretsJson.Default.PutSecretValueResponse, ct);

    public Task<DeleteSecretResponse> DeleteSecretAsync(DeleteSecretRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DeleteSecret", request, SecretsJson.Default.DeleteSecretRequest, SecretsJson.Default.DeleteSecretResponse, ct);

    public Task<RestoreSecretResponse> RestoreSecretAsync(RestoreSecretRequest request, CancellationToken ct = default) =>
        _client.CallAsync("RestoreSecret", request, SecretsJson.Default.RestoreSecretRequest, SecretsJson.Default.RestoreSecretResponse, ct);

    public Task<ListSecretsResponse> ListSecretsAsync(ListSecretsRequest request, CancellationToken ct = default) =>
        _client.CallAsync("ListSecrets", request, SecretsJson.Default.ListSecretsRequest, SecretsJson.Default.ListSecretsResponse, ct);

    public Task<TagResourceResponse> TagResourceAsync(TagResourceRequest request, CancellationToken ct = default) =>
        _client.CallAsync("TagResource", request, SecretsJson.Default.TagResourceRequest, SecretsJson.Default.TagResourceResponse, ct);

    public Task<UpdateSecretVersionStageResponse> UpdateSecretVersionStageAsync(UpdateSecretVersionStageRequest request, CancellationToken ct = default) =>
        _client.CallAsync(
            "UpdateSecretVersionStage", request, SecretsJson.Default.UpdateSecretVersionStageRequest, SecretsJson.Default.UpdateSecretVersionStageResponse, ct);
}
