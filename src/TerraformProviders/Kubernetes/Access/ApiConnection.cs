using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mayfly.TerraformProviders.Kubernetes.Access;

/// <summary>
/// The HTTP client of a cluster, with a login that is good now. An exec plugin is run when its login ran out and after a 401; as
/// with the official client, it is the next request that gains from the latter.
/// </summary>
internal sealed class ApiConnection(ClusterAccess access) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly List<HttpClient> clients = [];
    private HttpClient? current;
    private DateTimeOffset? until;

    /// <summary>A client whose login has not run out.</summary>
    public async Task<HttpClient> OpenAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            if (current is null || until < DateTimeOffset.UtcNow)
            {
                var login = access.Exec is null ? null : await access.Exec.RunAsync(ct);
                until = login?.Until;
                current = Make(login is null ? access : access with
                {
                    Token = login.Token ?? access.Token,
                    ClientCertificatePem = login.ClientCertificatePem ?? access.ClientCertificatePem,
                    ClientKeyPem = login.ClientKeyPem ?? access.ClientKeyPem,
                });
                // A request may still be under way on the one before.
                clients.Add(current);
            }

            return current;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The cluster refused a client's login.</summary>
    public async Task RefusedAsync(HttpClient client, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        current = access.Exec is not null && client == current ? null : current;
        gate.Release();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        clients.ForEach(client => client.Dispose());
        gate.Dispose();
    }

    private static HttpClient Make(ClusterAccess access)
    {
        var http = new HttpClient(Handler(access)) { BaseAddress = access.Server, Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("HashiCorp/1.0 Terraform/mayfly");
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        if (access.Token is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", access.Token);
        }
        else if (access.Username is not null)
        {
            var pair = Encoding.UTF8.GetBytes($"{access.Username}:{access.Password}");
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
        }

        return http;
    }

    private static SocketsHttpHandler Handler(ClusterAccess access)
    {
        var tls = new SslClientAuthenticationOptions { TargetHost = access.TlsServerName };
        if (access.Insecure)
        {
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        else if (access.AuthorityPem is not null)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPem(access.AuthorityPem);
        }

        if (access is { ClientCertificatePem: { } certificate, ClientKeyPem: { } key })
        {
            tls.ClientCertificates = [X509Certificate2.CreateFromPem(certificate, key)];
        }

        return new SocketsHttpHandler
        {
            SslOptions = tls,
            UseProxy = access.ProxyUrl is not null,
            Proxy = access.ProxyUrl is null ? null : new WebProxy(access.ProxyUrl),
            ConnectTimeout = TimeSpan.FromSeconds(30),
        };
    }
}
