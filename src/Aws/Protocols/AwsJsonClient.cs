using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Mayfly.Aws.Protocols;

/// <summary>The JSON 1.0 and 1.1 protocols: one URL, the operation in <c>X-Amz-Target</c>.</summary>
/// <param name="session">Whom and where.</param>
/// <param name="service">The service.</param>
/// <param name="targetPrefix">What stands before the dot of the target: <c>secretsmanager</c>.</param>
/// <param name="version"><c>1.0</c> or <c>1.1</c>.</param>
public sealed class AwsJsonClient(AwsSession session, AwsService service, string targetPrefix, string version = "1.1")
{
    private readonly AwsTransport _transport = new(session);

    /// <summary>Calls an operation with loose JSON.</summary>
    public async Task<JsonObject> CallAsync(string operation, JsonObject input, CancellationToken ct = default)
    {
        var response = await SendAsync(operation, JsonSerializer.SerializeToUtf8Bytes(input, AwsJsonContext.Default.JsonObject), ct);
        return AwsJson.Parse(response.Body, service, operation);
    }

    /// <summary>Calls an operation with types.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        string operation, TRequest input, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TResponse> responseType, CancellationToken ct = default)
    {
        var response = await SendAsync(operation, JsonSerializer.SerializeToUtf8Bytes(input, requestType), ct);
        return AwsJson.Read(response.Body, responseType, service, operation);
    }

    private Task<AwsResponse> SendAsync(string operation, byte[] body, CancellationToken ct) =>
        _transport.SendAsync(new AwsRequest(service, operation, HttpMethod.Post)
        {
            Headers = [new("X-Amz-Target", $"{targetPrefix}.{operation}")],
            Body = body,
            ContentType = $"application/x-amz-json-{version}",
        }, ct);
}
