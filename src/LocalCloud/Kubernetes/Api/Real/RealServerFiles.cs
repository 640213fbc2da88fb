using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What the real kube-apiserver reads from disk: certificates, keys, tokens, and two configurations that lead back to us.</summary>
internal sealed record RealServerFiles(string Folder)
{
    public string ServingCertificate => Path.Combine(Folder, "serving.crt");

    public string ServingKey => Path.Combine(Folder, "serving.key");

    public string Authority => Path.Combine(Folder, "authority.crt");

    public string AccountKey => Path.Combine(Folder, "service-accounts.key");

    public string Tokens => Path.Combine(Folder, "tokens.csv");

    public string TokenWebhook => Path.Combine(Folder, "token-webhook.yaml");

    public string Egress => Path.Combine(Folder, "egress.yaml");

    /// <summary>The socket of the proxy; a path of at most some hundred characters, as sockets demand.</summary>
    public string EgressSocket => Path.Combine(Folder, "egress.sock");

    public string EtcdData => Path.Combine(Folder, "etcd");

    /// <summary>Writes them all; only the owner may read them.</summary>
    /// <param name="options">The cluster's options.</param>
    /// <param name="adminToken">The token of <c>system:masters</c>.</param>
    /// <param name="tokenWebhook">Where other tokens are checked.</param>
    public async Task WriteAsync(KubernetesApiOptions options, string adminToken, Uri tokenWebhook,
        CancellationToken ct)
    {
        CreateFolder();
        using var serving =
            options.Authority.Issue("127.0.0.1", "localhost", "kubernetes", "kubernetes.default",
            "kubernetes.default.svc");
        using var servingKey = serving.GetECDsaPrivateKey()!;
        using var accountKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await WriteAsync(ServingCertificate, serving.ExportCertificatePem(), ct);
        await WriteAsync(ServingKey, servingKey.ExportPkcs8PrivateKeyPem(), ct);
        await WriteAsync(Authority, options.Authority.Pem, ct);
        await WriteAsync(AccountKey, accountKey.ExportECPrivateKeyPem(), ct);
        await WriteAsync(Tokens, $"{adminToken},kubernetes-admin,kubernetes-admin,\"system:masters\"\n", ct);
        await WriteAsync(TokenWebhook, TokenWebhookConfiguration(tokenWebhook), ct);
        await WriteAsync(Egress, EgressConfiguration(EgressSocket), ct);
    }

    /// <summary>Makes the folder, for its owner alone.</summary>
    public void CreateFolder()
    {
        Directory.CreateDirectory(Folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>A kubeconfig that names the webhook which knows the cloud's tokens.</summary>
    public static string TokenWebhookConfiguration(Uri webhook) =>
        $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: tokens
          cluster:
            server: {webhook}
        users:
        - name: kube-apiserver
        contexts:
        - name: tokens
          context:
            cluster: tokens
            user: kube-apiserver
        current-context: tokens

        """;

    /// <summary>Sends the server's own connections into the cluster (to webhooks) through our proxy: pods have addresses that only it knows.</summary>
    public static string EgressConfiguration(string socket) =>
        $"""
        apiVersion: apiserver.k8s.io/v1beta1
        kind: EgressSelectorConfiguration
        egressSelections:
        - name: cluster
          connection:
            proxyProtocol: HTTPConnect
            transport:
              uds:
                udsName: {socket}

        """;

    // The folder is the owner's alone, so what lies in it needs no rights of its own.
    private static Task WriteAsync(string path, string text, CancellationToken ct) =>
        File.WriteAllTextAsync(path, text, ct);
}
