using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>
/// The HTTPS endpoint of the kubelets, for the real kube-apiserver, which fetches logs itself: <c>/containerLogs/…</c> at each node's
/// address and port 10250 of the cluster network.
/// </summary>
internal sealed class KubeletServer : IAsyncDisposable
{
    /// <summary>The port that nodes announce.</summary>
    public const int Port = 10250;

    private readonly WebApplication _web;
    private readonly X509Certificate2 _certificate;
    private readonly IPEndPoint _actual;
    private readonly ControllerContext _context;
    private readonly Dictionary<string, IDisposable> _listeners = [];

    private KubeletServer(ControllerContext context, WebApplication web, X509Certificate2 certificate)
    {
        _context = context;
        _web = web;
        _certificate = certificate;
        var address = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _actual = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
    }

    public static async Task<KubeletServer> StartAsync(ControllerContext context, PodLogs logs, CancellationToken ct)
    {
        var certificate = context.Cloud.Authority.Issue("kubelet");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(certificate);
            });
        });
        var web = builder.Build();
        web.Run(http => AnswerAsync(http, logs));
        await web.StartAsync(ct);
        return new KubeletServer(context, web, certificate);
    }

    /// <summary>Answers at a node's address from now on.</summary>
    public void Add(string node, IPAddress address)
    {
        lock (_listeners)
        {
            _listeners.TryAdd(node, _context.Network.Listen(address, Port, _actual));
        }
    }

    /// <summary>Answers there no more.</summary>
    public void Remove(string node)
    {
        lock (_listeners)
        {
            if (_listeners.Remove(node, out var listener))
            {
                listener.Dispose();
            }
        }
    }

    private static async Task AnswerAsync(HttpContext http, PodLogs logs)
    {
        if ((http.Request.Path.Value ?? "").Split('/') is not ["", "containerLogs", var space, var pod, var container])
        {
            http.Response.StatusCode = http.Request.Path == "/healthz" ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
            return;
        }

        int? Number(string name) => int.TryParse(http.Request.Query[name], CultureInfo.InvariantCulture, out var number) ? number : null;
        bool Flag(string name) => http.Request.Query[name] == "true";
        var query = new LogQuery(Flag("follow"), Number("tailLines"), Flag("previous"), Flag("timestamps"), Number("sinceSeconds"));
        await using var log = logs.Open(space, pod, container, query, http.RequestAborted);
        if (log is null)
        {
            http.Response.StatusCode = query.Previous ? StatusCodes.Status400BadRequest : StatusCodes.Status404NotFound;
            await http.Response.WriteAsync(query.Previous
                ? $"previous terminated container \"{container}\" in pod \"{pod}\" not found"
                : $"container \"{container}\" in pod \"{pod}\" is not available");
            return;
        }

        http.Response.ContentType = "text/plain";
        await http.Response.StartAsync(http.RequestAborted);
        await log.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _certificate.Dispose();
    }
}
