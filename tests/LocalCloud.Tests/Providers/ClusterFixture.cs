using Mayfly.LocalCloud.Kubernetes.Api;
using Mayfly.LocalCloud.Tests.Providers;

[assembly: AssemblyFixture(typeof(ClusterFixture))]

namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>One Kubernetes API for all tests of the providers; each works in namespaces of its own.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private readonly CertificateAuthority authority = CertificateAuthority.Create("providers", TimeProvider.System);
    private KubernetesApiServer? server;

    /// <summary>The API.</summary>
    internal KubernetesApiServer Server => server ?? throw new InvalidOperationException("the server is not started");

    /// <summary>The arguments that a provider block takes to reach it.</summary>
    internal string Arguments =>
        $"""
            host                   = "{Server.Endpoint.ToString().TrimEnd('/')}"
            token                  = "{Server.Admin.Token}"
            cluster_ca_certificate = <<-PEM
        {Server.AuthorityPem}
        PEM
        """;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => server = await KubernetesApiServer.StartAsync(
        new KubernetesApiOptions { ClusterName = "providers", Authority = authority }, CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        authority.Dispose();
    }
}
