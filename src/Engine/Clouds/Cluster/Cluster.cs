using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using Mayfly.Engine.Clouds.Aws;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>The environment's cluster, seen through its API.</summary>
public sealed class Cluster : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly Kubernetes _client;

    private Cluster(ClusterFacts facts, ClusterToken token, Kubernetes client) => (Facts, Token, _client) = (facts, token, client);

    /// <summary>What AWS says of it.</summary>
    public ClusterFacts Facts { get; }

    /// <summary>Its tokens.</summary>
    public ClusterToken Token { get; }

    /// <summary>The client.</summary>
    public IKubernetes Api => _client;

    /// <summary>The same client, where a generic request needs it.</summary>
    public Kubernetes Client => _client;

    /// <summary>Opens a cluster; asks nobody yet.</summary>
    public static Cluster Open(ClusterFacts facts, IAwsAccount account, TimeProvider clock)
    {
        var token = new ClusterToken(account, facts.Name, clock);
        var configuration = new KubernetesClientConfiguration
        {
            Host = facts.Endpoint,
            SslCaCerts = X509CertificateCollectionOf(Encoding.UTF8.GetString(Convert.FromBase64String(facts.AuthorityData))),
            TokenProvider = token,
            HttpClientTimeout = RequestTimeout,
        };
        return new Cluster(facts, token, new Kubernetes(configuration, new RenewingHandler(token)));
    }

    /// <summary>Whether it answers now.</summary>
    public async Task<bool> AnswersAsync(CancellationToken ct) => await HearAsync(ct) is ClusterVoice.Answers;

    /// <summary>What is heard of it now.</summary>
    public async Task<ClusterVoice> HearAsync(CancellationToken ct)
    {
        try
        {
            await _client.Version.GetCodeAsync(ct);
            return ClusterVoice.Answers;
        }
        catch (HttpOperationException e) when (e.Response?.StatusCode is HttpStatusCode.Unauthorized)
        {
            return ClusterVoice.Refuses;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
        {
            return ClusterVoice.Silent;
        }
    }

    /// <summary>Sends a request as it is, for what has no typed client; the answer is given whatever its status.</summary>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, string contentType, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(_client.BaseUri, path));
        request.Headers.Authorization = await Token.GetAuthenticationHeaderAsync(ct);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, contentType);
        }

        using var response = await _client.HttpClient.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return new ApiAnswer((int)response.StatusCode, text);
    }

    /// <summary>Asks for an object; null only when the API itself says 404.</summary>
    public static async Task<T?> FindAsync<T>(Func<Task<T>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (HttpOperationException e) when (e.Response?.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private static X509Certificate2Collection X509CertificateCollectionOf(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates;
    }
}

/// <summary>What is heard of a cluster's API.</summary>
public enum ClusterVoice
{
    /// <summary>No answer, or one that says nothing.</summary>
    Silent,

    /// <summary>It does not know who asks (401).</summary>
    Refuses,

    /// <summary>It answers.</summary>
    Answers,
}
