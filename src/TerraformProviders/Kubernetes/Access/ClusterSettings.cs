using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes.Access;

/// <summary>
/// The settings that hashicorp/kubernetes and hashicorp/helm share: a provider block's arguments win over the
/// environment's <c>KUBE_*</c> variables, both over a kubeconfig. While something of it is not known yet (a cluster that
/// is to be created), the block counts as not there, as in the real providers: what is then read goes to localhost.
/// </summary>
internal sealed class ClusterSettings(TfObject block)
{
    /// <summary>Whether the address is told by the block itself and still unknown.</summary>
    public bool IsUnknown => !block["host"].IsKnown || !block["cluster_ca_certificate"].IsKnown || !block["token"].IsKnown;

    /// <summary>Comes to an access; an exec plugin is not run yet.</summary>
    public async Task<ClusterAccess> ResolveAsync(CancellationToken ct)
    {
        var (file, exec) = await FromKubeconfigAsync(ct);
        var access = file with
        {
            Server = Text("host", "KUBE_HOST") is { } host ? ServerOf(host) : file.Server,
            AuthorityPem = Text("cluster_ca_certificate", "KUBE_CLUSTER_CA_CERT_DATA") ?? file.AuthorityPem,
            TlsServerName = Text("tls_server_name", "KUBE_TLS_SERVER_NAME") ?? file.TlsServerName,
            Insecure = block.Bool("insecure") ?? file.Insecure || Variable("KUBE_INSECURE") is "true" or "1",
            Token = Text("token", "KUBE_TOKEN") ?? file.Token,
            ClientCertificatePem = Text("client_certificate", "KUBE_CLIENT_CERT_DATA") ?? file.ClientCertificatePem,
            ClientKeyPem = Text("client_key", "KUBE_CLIENT_KEY_DATA") ?? file.ClientKeyPem,
            Username = Text("username", "KUBE_USER") ?? file.Username,
            Password = Text("password", "KUBE_PASSWORD") ?? file.Password,
            ProxyUrl = Text("proxy_url", "KUBE_PROXY_URL") ?? file.ProxyUrl,
        };

        exec = block.Block("exec") is { } configured ? ExecPlugin.From(configured) : exec;
        return access.Token is null ? access with { Exec = exec } : access;
    }

    private async Task<(ClusterAccess Access, ExecPlugin? Exec)> FromKubeconfigAsync(CancellationToken ct)
    {
        var paths = block.Strings("config_paths") is { Count: > 0 } several ? several
            : Text("config_path", "KUBE_CONFIG_PATH") is { } one ? [one]
            : Variable("KUBE_CONFIG_PATHS")?.Split(Path.PathSeparator) ?? [];
        if (paths.Count == 0)
        {
            return (new ClusterAccess(), null);
        }

        var kubeconfig = await Kubeconfig.LoadAsync([.. paths.Select(Expand)], ct);
        return kubeconfig.Resolve(
            Text("config_context", "KUBE_CTX"),
            Text("config_context_cluster", "KUBE_CTX_CLUSTER"),
            Text("config_context_auth_info", "KUBE_CTX_AUTH_INFO"));
    }

    private string? Text(string argument, string variable) => block.String(argument) is { Length: > 0 } given ? given : Variable(variable);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string Expand(string path) => path.StartsWith("~/", StringComparison.Ordinal)
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..])
        : path;

    private static Uri ServerOf(string host) =>
        Uri.TryCreate(host.Contains("://", StringComparison.Ordinal) ? host : $"https://{host}", UriKind.Absolute, out var server)
            ? server
            : throw new ProviderException($"Failed to parse host: \"{host}\" is no address", attribute: "host");
}
