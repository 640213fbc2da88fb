using System.Security.Cryptography.X509Certificates;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>HTTP that trusts one cluster's authority and nothing else.</summary>
internal static class ClusterTrust
{
    public static SocketsHttpHandler Handler(string authorityPem)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck
        };
        policy.CustomTrustStore.ImportFromPem(authorityPem);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            UseProxy = false
        };
        handler.SslOptions.CertificateChainPolicy = policy;
        return handler;
    }
}
