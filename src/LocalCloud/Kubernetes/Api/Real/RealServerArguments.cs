using System.Globalization;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The command lines of etcd and kube-apiserver. No secret is in them, only the paths of files that hold them.</summary>
internal static class RealServerArguments
{
    public static IReadOnlyList<string> Etcd(RealServerFiles files, int clientPort, int peerPort)
    {
        var (client, peer) = (Url(clientPort), Url(peerPort));
        return
        [
            "--name=default",
            $"--data-dir={files.EtcdData}",
            $"--listen-client-urls={client}",
            $"--advertise-client-urls={client}",
            $"--listen-peer-urls={peer}",
            $"--initial-advertise-peer-urls={peer}",
            $"--initial-cluster=default={peer}",

            // A cluster that ends with its process needs no disk that survives it.
            "--unsafe-no-fsync",
            "--log-level=error",
        ];
    }

    public static IReadOnlyList<string> Server(KubernetesApiOptions options, RealServerFiles files, int etcdPort,
        int port) =>
    [
        $"--etcd-servers={Url(etcdPort)}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        $"--secure-port={port.ToString(CultureInfo.InvariantCulture)}",

        // Loopback is no address that Endpoints may hold; nobody here looks for the API by them.
        "--endpoint-reconciler-type=none",
        $"--tls-cert-file={files.ServingCertificate}",
        $"--tls-private-key-file={files.ServingKey}",
        $"--client-ca-file={files.Authority}",
        $"--service-cluster-ip-range={options.ServiceCidr}",
        $"--service-account-issuer={options.ServiceAccountIssuer}",
        $"--service-account-signing-key-file={files.AccountKey}",
        $"--service-account-key-file={files.AccountKey}",
        "--authorization-mode=RBAC",
        "--anonymous-auth=false",
        $"--token-auth-file={files.Tokens}",
        $"--authentication-token-webhook-config-file={files.TokenWebhook}",
        "--authentication-token-webhook-version=v1",
        "--authentication-token-webhook-cache-ttl=10s",
        $"--egress-selector-config-file={files.Egress}",

        // As EKS does it: webhooks are called at their endpoints, and a service without any is told so.
        "--enable-aggregator-routing=true",
        "--allow-privileged=true",
        "--profiling=false",
        "--shutdown-delay-duration=0s",
    ];

    private static string Url(int port) => $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
}
