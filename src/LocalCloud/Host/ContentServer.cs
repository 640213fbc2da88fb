using System.Net;
using Mayfly.LocalCloud.Charts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mayfly.LocalCloud.Host;

/// <summary>Chart repositories and the image registry, on one port of loopback.</summary>
internal sealed class ContentServer : IAsyncDisposable
{
    private readonly WebApplication _web;

    private ContentServer(WebApplication web) => _web = web;

    public Uri Endpoint { get; private set; } = null!;

    public static async Task<ContentServer> StartAsync(int port, ImageRegistry registry, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var web = builder.Build();
        web.UseRouting();
        web.MapCharts(new ChartRepository());
        web.MapRegistry(registry);
        await web.StartAsync(ct);
        return new ContentServer(web) { Endpoint = new Uri(web.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }
}
