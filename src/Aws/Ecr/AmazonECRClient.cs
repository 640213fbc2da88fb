using System.Text.Json.Nodes;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws.Ecr;

/// <summary>Elastic Container Registry, as far as a login goes.</summary>
public sealed class AmazonECRClient(AwsSession session)
{
    private readonly AwsJsonClient _client = new(session, AwsService.Ecr, "AmazonEC2ContainerRegistry_V20150921");

    /// <summary>A login for the account's registries: <c>AWS:TOKEN</c> in base64, good for 12 hours. Null when AWS gives none.</summary>
    public async Task<string?> GetAuthorizationTokenAsync(CancellationToken ct = default)
    {
        var answer = await _client.CallAsync("GetAuthorizationToken", [], ct);
        return answer["authorizationData"] is JsonArray { Count: > 0 } data ? data[0]?["authorizationToken"]?.GetValue<string>() : null;
    }
}
