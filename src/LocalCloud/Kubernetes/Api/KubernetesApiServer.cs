using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>
/// The local cloud's own Kubernetes API server: kubectl, helm and controllers work against it as against a real one. Controllers,
/// scheduler and kubelet are no part of it. What it leaves out is listed in docs/local-cloud-kubernetes.md.
/// </summary>
public sealed class KubernetesApiServer : IKubernetesApi
{
    /// <summary>What the real server accepts in one request.</summary>
    private const long MaxBody = 3 * 1024 * 1024;

    private readonly WebApplication _web;
    private readonly X509Certificate2 _certificate;
    private readonly ClusterState _state;

    private KubernetesApiServer(WebApplication web, X509Certificate2 certificate, ClusterState state, RequestLog log,
        Uri endpoint)
    {
        _web = web;
        _certificate = certificate;
        _state = state;
        Requests = log;
        Endpoint = endpoint;
        AuthorityPem = state.Options.Authority.Pem;
        Admin = new ClusterConnection(state.Options.ClusterName, endpoint, AuthorityPem, state.Tokens.AdminToken);
    }

    /// <inheritdoc />
    public Uri Endpoint { get; }

    /// <inheritdoc />
    public string AuthorityPem { get; }

    /// <inheritdoc />
    public ClusterConnection Admin { get; }

    /// <inheritdoc />
    public RequestLog Requests { get; }

    /// <inheritdoc />
    public PodLogProvider? PodLogs
    {
        get => _state.PodLogs;
        set => _state.PodLogs = value;
    }

    /// <summary>Starts a server; it answers when this returns.</summary>
    public static async Task<KubernetesApiServer> StartAsync(KubernetesApiOptions options, CancellationToken ct)
    {
        var state = new ClusterState(options);
        Bootstrap.Create(state);
        var log = new RequestLog();
        string[] names =
        [
            options.Address.ToString(), "localhost", "127.0.0.1", "kubernetes", "kubernetes.default",
                "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local", state.Addresses.First.ToString(), .. options.HostNames,
        ];
        var certificate = options.Authority.Issue([.. names.Distinct()]);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;

            // A client keeps one connection and a watch per kind on it.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(options.Address, options.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificate);
            });
        });
        var web = builder.Build();
        var pipeline = new RequestPipeline(state, log);
        web.Run(pipeline.HandleAsync);
        await web.StartAsync(ct);
        var address = new Uri(
            web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new KubernetesApiServer(web, certificate, state, log,
            new Uri($"https://{options.Address}:{address.Port}"));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _state.Stopping.CancelAsync();
        await _web.StopAsync();
        await _web.DisposeAsync();
        _certificate.Dispose();
    }
}
