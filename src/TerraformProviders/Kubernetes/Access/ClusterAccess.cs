namespace Mayfly.TerraformProviders.Kubernetes.Access;

/// <summary>All that it takes to talk to one cluster; what a provider block, a kubeconfig and an exec plugin come to together.</summary>
internal sealed record ClusterAccess
{
    /// <summary>Where a client without any configuration ends up: nothing answers there, and that is how people notice.</summary>
    private static readonly Uri Nowhere = new("http://localhost");

    /// <summary>The API server.</summary>
    public Uri Server { get; init; } = Nowhere;

    /// <summary>
    /// Whether nothing told the address. Such a client is refused without being connected: what may listen on port 80 of
    /// this machine (the local cloud's own edge does) is not the cluster that was meant, and is sent nothing.
    /// </summary>
    public bool IsNowhere => ReferenceEquals(Server, Nowhere);

    /// <summary>The authority of its certificate (PEM), or null for the system's.</summary>
    public string? AuthorityPem { get; init; }

    /// <summary>The name in its certificate where it differs from the address.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Whether its certificate is not checked.</summary>
    public bool Insecure { get; init; }

    /// <summary>A bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>A client certificate (PEM).</summary>
    public string? ClientCertificatePem { get; init; }

    /// <summary>The client certificate's key (PEM).</summary>
    public string? ClientKeyPem { get; init; }

    /// <summary>A user for basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }

    /// <summary>A program that gives the login, asked again when that runs out or is refused; null: the login is the one here.</summary>
    public ExecPlugin? Exec { get; init; }

    /// <summary>A proxy to go through.</summary>
    public string? ProxyUrl { get; init; }
}
