using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mayfly.LocalCloud.Kubernetes.Images;

/// <summary>An HTTP or HTTPS server of a container: it listens on loopback in truth, and on the pod's address in the cluster network.</summary>
public sealed class PodServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly IDisposable _registration;

    private PodServer(WebApplication application, IDisposable registration, IPEndPoint actual)
    {
        _application = application;
        _registration = registration;
        Actual = actual;
    }

    /// <summary>Where it listens in truth.</summary>
    public IPEndPoint Actual { get; }

    /// <summary>Starts listening on a port of the pod.</summary>
    /// <param name="container">The container that serves.</param>
    /// <param name="port">The pod's port.</param>
    /// <param name="answer">What it answers.</param>
    /// <param name="certificate">Chosen at each handshake, so that it may be renewed; without it the port speaks plain HTTP.</param>
    /// <param name="ct">Ends the start, not the server.</param>
    public static async Task<PodServer> StartAsync(
        ContainerContext container, int port, RequestDelegate answer, Func<X509Certificate2>? certificate, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => certificate());
                }
                else
                {
                    listen.Protocols = HttpProtocols.Http1;
                }
            });
        });
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var application = builder.Build();
        application.Run(answer);
        try
        {
            await application.StartAsync(ct);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        var features = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        var actual = new IPEndPoint(IPAddress.Loopback, new Uri(features.Addresses.First()).Port);
        return new PodServer(application, container.Network.Listen(container.PodAddress, port, actual), actual);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _registration.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
