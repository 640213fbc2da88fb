using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mayfly.LocalCloud.Edge.Balancing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Yarp.ReverseProxy.Forwarder;

namespace Mayfly.LocalCloud.Edge;

/// <summary>Where the edge listens and how it waits.</summary>
public sealed record EdgeOptions
{
    /// <summary>Where HTTPS is heard; port 0: any that is free.</summary>
    public IPEndPoint Https { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Where HTTP is heard.</summary>
    public IPEndPoint Http { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>How long the network interfaces of a load balancer stay after it is deleted.</summary>
    public TimeSpan InterfaceRelease { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often load balancers are looked at for their network interfaces when nobody says that something changed.</summary>
    public TimeSpan InterfaceInterval { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// The public side of every load balancer there is: one HTTPS and one HTTP address on loopback that answer as the load balancers,
/// listeners, rules and targets in Elastic Load Balancing say.
/// </summary>
public sealed class PublicEdge : IAsyncDisposable
{
    private const int PublicSecurePort = 443;
    private const int PublicPlainPort = 80;

    private readonly ConcurrentDictionary<string, X509Certificate2> _issued = new();
    private readonly CloudContext _cloud;
    private readonly PublicSide _public;
    private WebApplication? _application;
    private BalancerProxy? _proxy;
    private BalancerInterfaces? _interfaces;

    private PublicEdge(CloudContext cloud, PublicSide @public)
    {
        _cloud = cloud;
        _public = @public;
    }

    /// <summary>Where HTTPS is heard.</summary>
    public IPEndPoint Https { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Where HTTP is heard.</summary>
    public IPEndPoint Http { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts listening.</summary>
    /// <param name="options">Where.</param>
    /// <param name="cloud">The cloud whose authority signs.</param>
    /// <param name="public">What AWS says there is.</param>
    /// <param name="network">The networks of all clusters.</param>
    /// <param name="ct">Ends the start, not the edge.</param>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<PublicEdge> StartAsync(EdgeOptions options, CloudContext cloud, PublicSide @public, PodNetwork network, CancellationToken ct)
    {
        var edge = new PublicEdge(cloud, @public);
        try
        {
            await edge.ListenAsync(options, network, ct);
            return edge;
        }
        catch
        {
            await edge.DisposeAsync();
            throw;
        }
    }

    private async Task ListenAsync(EdgeOptions options, PodNetwork network, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(options.Https, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = async handshake => new SslServerAuthenticationOptions
                    {
                        ServerCertificate = await CertificateForAsync(handshake.ClientHelloInfo.ServerName, handshake.CancellationToken),
                    },
                });
            });
            kestrel.Listen(options.Http, listen => listen.Protocols = HttpProtocols.Http1);
        });

        _application = builder.Build();
        _proxy = new BalancerProxy(
            _application.Services.GetRequiredService<IHttpForwarder>(), network, () => Https.Port, () => Http.Port);
        _application.Run(AnswerAsync);
        await _application.StartAsync(ct);
        _interfaces = new BalancerInterfaces(_cloud, _public, options);

        var addresses = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => new Uri(address)).ToList();
        Https = options.Https.Port != 0 ? options.Https : new IPEndPoint(options.Https.Address, addresses.Single(uri => uri.Scheme == "https").Port);
        Http = options.Http.Port != 0 ? options.Http : new IPEndPoint(options.Http.Address, addresses.Single(uri => uri.Scheme == "http").Port);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var port = http.Request.IsHttps ? PublicSecurePort : PublicPlainPort;
        var seen = await _public.LookAsync(http.RequestAborted);
        if (seen?.Balancers.Find(http.Request.Host.Host, port, seen.Resolve) is { } balancer && balancer.On(port) is { } listener)
        {
            await _proxy!.AnswerAsync(http, balancer, listener);
            return;
        }

        // Nobody listens there: in AWS the connection would not have come about.
        http.Abort();
    }

    private async ValueTask<X509Certificate2> CertificateForAsync(string? name, CancellationToken ct)
    {
        name = string.IsNullOrEmpty(name) ? null : name;
        var seen = await _public.LookAsync(ct);
        var listener = seen?.Balancers.Find(name, PublicSecurePort, seen.Resolve)?.On(PublicSecurePort);
        if (listener is not { IsSecure: true } || listener.CertificateFor(name) is not { } certificate)
        {
            throw new AuthenticationException($"No load balancer has a certificate to show for {name ?? "a client that names no host"}.");
        }

        return _issued.GetOrAdd($"{certificate.Arn} {string.Join(' ', certificate.Names)}", _ => _cloud.Authority.Issue([.. certificate.Names]));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_interfaces is not null)
        {
            await _interfaces.DisposeAsync();
        }

        if (_application is not null)
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }

        _proxy?.Dispose();
        foreach (var certificate in _issued.Values)
        {
            certificate.Dispose();
        }
    }
}
