using Mayfly.LocalCloud.Kubernetes.Api;
using Mayfly.LocalCloud.Kubernetes.Controllers;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>A cluster for the tests of a provider; each works in namespaces of its own.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private readonly CertificateAuthority authority = CertificateAuthority.Create("providers", TimeProvider.System);
    private KubernetesApiServer? server;
    private ClusterControllers? controllers;

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
    public async ValueTask InitializeAsync()
    {
        server = await KubernetesApiServer.StartAsync(
            new KubernetesApiOptions { ClusterName = "providers", Authority = authority }, CancellationToken.None);
        controllers = await ClusterControllers.StartAsync(
            server.Admin,
            new CloudContext(new Uri("http://127.0.0.1:9"), "us-east-1", "123456789012", authority, TimeProvider.System),
            new ImageCatalog(),
            new ClusterNetwork(),
            new ControllerOptions { TimeScale = 0.02 },
            CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (controllers is not null)
        {
            await controllers.DisposeAsync();
        }

        if (server is not null)
        {
            await server.DisposeAsync();
        }

        authority.Dispose();
    }
}
