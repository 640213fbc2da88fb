using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Resources;

namespace Mayfly.TerraformProviders.Kubernetes.Access;

/// <summary>What the API server answered.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, JsonObject Body)
{
    /// <summary>Whether it did what was asked.</summary>
    public bool IsSuccess => (int)Status < 300;

    /// <summary>The object, or the server's refusal in its own words.</summary>
    public JsonObject OrThrow() => IsSuccess ? Body : throw new ProviderException(Message);

    /// <summary>The server's words.</summary>
    public string Message => Status == HttpStatusCode.Unauthorized ? "Unauthorized"
        : Body["message"]?.GetValue<string>() is { Length: > 0 } message ? message
        : Status == HttpStatusCode.NotFound ? "the server could not find the requested resource"
        : $"an error on the server (\"{Body["raw"]}\") has prevented the request from succeeding";
}

/// <summary>
/// A cluster's API in plain JSON. It is not the official client: loading that takes longer than all that a plan asks,
/// and Terraform starts a provider anew for each step.
/// </summary>
internal sealed class KubernetesApi : IDisposable
{
    /// <summary>The patch type that replaces lists and removes what is null.</summary>
    public const string MergePatch = "application/merge-patch+json";

    /// <summary>Server-side apply.</summary>
    public const string ApplyPatch = "application/apply-patch+yaml";

    private readonly ClusterAccess access;
    private readonly ApiConnection connection;

    /// <summary>A client of this cluster.</summary>
    public KubernetesApi(ClusterAccess access) => (this.access, connection) = (access, new ApiConnection(access));

    /// <summary>Gets an object or list; null when there is none.</summary>
    public async Task<JsonObject?> GetAsync(string path, CancellationToken ct)
    {
        var answer = await SendAsync(HttpMethod.Get, path, null, null, ct);
        return answer.Status == HttpStatusCode.NotFound ? null : answer.OrThrow();
    }

    /// <summary>Creates an object in a collection.</summary>
    public async Task<JsonObject> PostAsync(string path, JsonNode body, CancellationToken ct) =>
        (await SendAsync(HttpMethod.Post, path, body, "application/json", ct)).OrThrow();

    /// <summary>Patches an object.</summary>
    public async Task<JsonObject> PatchAsync(string path, JsonNode patch, string type, CancellationToken ct) =>
        (await SendAsync(HttpMethod.Patch, path, patch, type, ct)).OrThrow();

    /// <summary>Deletes an object; one that is gone already is fine.</summary>
    public async Task DeleteAsync(string path, CancellationToken ct)
    {
        var answer = await SendAsync(HttpMethod.Delete, path, null, null, ct);
        if (answer.Status != HttpStatusCode.NotFound)
        {
            answer.OrThrow();
        }
    }

    /// <summary>Sends any request.</summary>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, string? contentType, CancellationToken ct)
    {
        if (access.IsNowhere)
        {
            throw NetworkFailure.Refused(method, new Uri(access.Server, path));
        }

        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType!);
        }

        try
        {
            var http = await connection.OpenAsync(ct);
            using var response = await http.SendAsync(request, ct);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
            {
                await connection.RefusedAsync(http, ct);
            }

            return new ApiAnswer(response.StatusCode, Parse(await response.Content.ReadAsStringAsync(ct)));
        }
        catch (HttpRequestException e)
        {
            throw NetworkFailure.Describe(method, new Uri(access.Server, path), e);
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            throw NetworkFailure.TimedOut(method, new Uri(access.Server, path));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? new JsonObject { ["raw"] = text };
        }
        catch (JsonException)
        {
            return new JsonObject { ["raw"] = text };
        }
    }
}
