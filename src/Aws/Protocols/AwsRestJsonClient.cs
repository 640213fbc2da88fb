using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Mayfly.Aws.Protocols;

/// <summary>The REST-JSON protocol: paths and methods name the operation, bodies are JSON. EKS speaks it.</summary>
public sealed class AwsRestJsonClient(AwsSession session, AwsService service)
{
    private readonly AwsTransport _transport = new(session);

    /// <summary>Calls an operation with loose JSON.</summary>
    /// <param name="operation">The operation's name, for errors.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path, escaped (<see cref="AwsRequest.PathOf"/>).</param>
    /// <param name="input">The body; null: none.</param>
    /// <param name="query">Query parameters.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<JsonObject> CallAsync(
        string operation, HttpMethod method, string path, JsonObject? input = null,
        IReadOnlyList<KeyValuePair<string, string>>? query = null, CancellationToken ct = default)
    {
        var body = input is null ? null : JsonSerializer.SerializeToUtf8Bytes(input, AwsJsonContext.Default.JsonObject);
        var response = await SendAsync(operation, method, path, body, query, ct);
        return AwsJson.Parse(response.Body, service, operation);
    }

    /// <summary>Calls an operation that has no body and answers with a type.</summary>
    public async Task<TResponse> CallAsync<TResponse>(
        string operation, HttpMethod method, string path, JsonTypeInfo<TResponse> responseType,
        IReadOnlyList<KeyValuePair<string, string>>? query = null, CancellationToken ct = default)
    {
        var response = await SendAsync(operation, method, path, null, query, ct);
        return AwsJson.Read(response.Body, responseType, service, operation);
    }

    /// <summary>Calls an operation with types.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        string operation, HttpMethod method, string path, TRequest input,
        JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TResponse> responseType, CancellationToken ct = default)
    {
        var response = await SendAsync(operation, method, path, JsonSerializer.SerializeToUtf8Bytes(input, requestType), null, ct);
        return AwsJson.Read(response.Body, responseType, service, operation);
    }

    private Task<AwsResponse> SendAsync(
        string operation, HttpMethod method, string path, byte[]? body, IReadOnlyList<KeyValuePair<string, string>>? query, CancellationToken ct) =>
        _transport.SendAsync(new AwsRequest(service, operation, method)
        {
            Path = path,
            Query = query ?? [],
            Body = body,
            ContentType = body is null ? null : "application/json",
        }, ct);
}
