using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>How a patch is to be understood.</summary>
public enum PatchKind
{
    /// <summary>RFC 7386.</summary>
    Merge,

    /// <summary>Kubernetes' own, which merges lists by their keys.</summary>
    Strategic,
}

/// <summary>A client of the Kubernetes API over the models of KubernetesClient, the same few verbs for every kind.</summary>
public sealed class ClusterApi : IDisposable
{
    private readonly HttpClient _http;
    private readonly X509Certificate2Collection _authority = [];

    /// <summary>A client of one cluster.</summary>
    public ClusterApi(ClusterConnection cluster, string userAgent)
    {
        Cluster = cluster;
        _authority.ImportFromPem(cluster.AuthorityPem);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(60),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(_authority);
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(cluster.Endpoint.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue(userAgent, "1.0"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Token);
    }

    /// <summary>The cluster it talks to.</summary>
    public ClusterConnection Cluster { get; }

    /// <summary>One object; null when it is not there.</summary>
    public async Task<T?> FindAsync<T>(string? @namespace, string name, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return await SendAsync<T>(HttpMethod.Get, ResourcePath.Of<T>().Path(@namespace, name), null, null, ct);
        }
        catch (ClusterApiException failure) when (failure.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Creates an object in the namespace its metadata name.</summary>
    public Task<T> CreateAsync<T>(T item, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = ResourcePath.Of<T>();
        item.ApiVersion = path.ApiVersion;
        item.Kind = path.Kind;
        return SendAsync<T>(HttpMethod.Post, path.Path(item.Metadata.NamespaceProperty), item, "application/json", ct);
    }

    /// <summary>Writes an object, or with a subresource that part of it; conflicts when somebody wrote since it was read.</summary>
    public Task<T> UpdateAsync<T>(T item, CancellationToken ct, string? subresource = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = ResourcePath.Of<T>();
        item.ApiVersion = path.ApiVersion;
        item.Kind = path.Kind;
        return SendAsync<T>(
            HttpMethod.Put, path.Path(item.Metadata.NamespaceProperty, item.Metadata.Name, subresource), item, "application/json", ct);
    }

    /// <summary>Patches an object.</summary>
    public Task<T> PatchAsync<T>(V1ObjectMeta target, object patch, PatchKind kind, CancellationToken ct, string? subresource = null)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        SendAsync<T>(
            HttpMethod.Patch,
            ResourcePath.Of<T>().Path(target.NamespaceProperty, target.Name, subresource),
            patch,
            kind == PatchKind.Merge ? "application/merge-patch+json" : "application/strategic-merge-patch+json",
            ct);

    /// <summary>Deletes exactly this object, not a later one of the same name; nothing happens when it is gone.</summary>
    public async Task<bool> DeleteAsync(ResourcePath path, V1ObjectMeta target, CancellationToken ct, string? propagation = null, int? graceSeconds = null)
    {
        var options = new V1DeleteOptions
        {
            ApiVersion = "v1",
            Kind = "DeleteOptions",
            Preconditions = new V1Preconditions { Uid = target.Uid },
            PropagationPolicy = propagation,
            GracePeriodSeconds = graceSeconds,
        };
        try
        {
            using var answer = await SendAsync(
                HttpMethod.Delete, path.Path(target.NamespaceProperty, target.Name), options, "application/json", null, HttpCompletionOption.ResponseContentRead, ct);
            return true;
        }
        catch (ClusterApiException failure) when (failure.IsNotFound || (failure.IsConflict && failure.Message.Contains("UID", StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }
    }

    /// <summary>Any request, its answer read as <typeparamref name="T"/>.</summary>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, string? contentType, CancellationToken ct)
    {
        using var answer = await SendAsync(method, path, body, contentType, null, HttpCompletionOption.ResponseContentRead, ct);
        await using var content = await answer.Content.ReadAsStreamAsync(ct);
        return KubernetesJson.Deserialize<T>(content);
    }

    /// <summary>A GET whose answer is read while it comes: a list or a watch, with an Accept header of its own.</summary>
    public Task<HttpResponseMessage> OpenAsync(string pathAndQuery, string? accept, CancellationToken ct) =>
        SendAsync(HttpMethod.Get, pathAndQuery, null, null, accept, HttpCompletionOption.ResponseHeadersRead, ct);

    /// <summary>Deletes all objects of a kind in a namespace.</summary>
    public async Task DeleteAllAsync(ResourcePath path, string @namespace, CancellationToken ct)
    {
        var options = new V1DeleteOptions { ApiVersion = "v1", Kind = "DeleteOptions", PropagationPolicy = "Background" };
        using var answer = await SendAsync(
            HttpMethod.Delete, path.Path(@namespace), options, "application/json", null, HttpCompletionOption.ResponseContentRead, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, object? body, string? contentType, string? accept, HttpCompletionOption completion, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            // One connection for all watches, where the server speaks HTTP/2.
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.TryAddWithoutValidation("Accept", accept ?? "application/json");
        if (body is not null)
        {
            request.Content = new StringContent(KubernetesJson.Serialize(body), Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType!);
        }

        var answer = await _http.SendAsync(request, completion, ct);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw Refusal(answer.StatusCode, await answer.Content.ReadAsStringAsync(ct));
        }
    }

    private static ClusterApiException Refusal(HttpStatusCode status, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return new ClusterApiException(status, Text(root, "reason"), Text(root, "message"));
        }
        catch (JsonException)
        {
            return new ClusterApiException(status, status.ToString(), text.Length > 500 ? text[..500] : text);
        }

        static string Text(JsonElement root, string name) =>
            root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _http.Dispose();
        foreach (var certificate in _authority)
        {
            certificate.Dispose();
        }
    }
}
