using System.Globalization;
using System.Net;
using System.Text.Json;
using Mayfly.LocalCloud.Aws.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mayfly.LocalCloud.Host;

/// <summary>The control API on loopback: status, faults, what was asked, stop. <c>mayfly local</c> is its client.</summary>
internal sealed class ControlApi : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly LocalCloudHost _host;

    private ControlApi(WebApplication web, LocalCloudHost host)
    {
        _web = web;
        _host = host;
    }

    public Uri Endpoint { get; private set; } = null!;

    public static async Task<ControlApi> StartAsync(int port, LocalCloudHost host, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(hosting => hosting.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var web = builder.Build();
        var control = new ControlApi(web, host);
        web.Use(RefuseBrowsers);
        web.UseRouting();
        control.Map(web);
        await web.StartAsync(ct);
        control.Endpoint = new Uri(web.Urls.First());
        return control;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }

    private void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/status", (RequestDelegate)(http => WriteAsync(http, _host.Status())));
        routes.MapPost("/stop", (RequestDelegate)(http =>
        {
            _host.RequestStop();
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        }));
        routes.MapPost("/seeds", (RequestDelegate)PlantAsync);
        routes.MapGet("/faults", (RequestDelegate)(http => WriteAsync(http, _host.Aws.Proxy.Faults.Rules.Select(FaultDocument.Of))));
        routes.MapPost("/faults", (RequestDelegate)AddFaultAsync);
        routes.MapDelete("/faults", (RequestDelegate)(http =>
        {
            _host.Aws.Proxy.Faults.Clear();
            return Task.CompletedTask;
        }));
        routes.MapDelete("/faults/{id}", (RequestDelegate)(http =>
        {
            if (!_host.Aws.Proxy.Faults.Remove((string)http.Request.RouteValues["id"]!))
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
            }

            return Task.CompletedTask;
        }));
        routes.MapGet("/requests/aws", (RequestDelegate)(http => WriteAsync(http,
            _host.Aws.Proxy.Log.Since(Since(http)).Where(entry => !WritesOnly(http) || entry.IsWrite))));
        routes.MapGet("/requests/kubernetes/{cluster}", (RequestDelegate)(http =>
            _host.Clusters.RequestsOf((string)http.Request.RouteValues["cluster"]!) is { } log
                ? WriteAsync(http, log.Requests.Where(request => request.Number > Since(http) && (!WritesOnly(http) || request.Wrote)))
                : NotFoundAsync(http)));
    }

    private async Task PlantAsync(HttpContext http)
    {
        var seeds = await JsonSerializer.DeserializeAsync(http.Request.Body, ControlJson.Default.SeedDocument, http.RequestAborted);
        await _host.PlantAsync(seeds?.Zones ?? [], seeds?.Buckets ?? [], http.RequestAborted);
    }

    private async Task AddFaultAsync(HttpContext http)
    {
        try
        {
            var document = await JsonSerializer.DeserializeAsync(http.Request.Body, ControlJson.Default.FaultDocument, http.RequestAborted);
            await WriteAsync(http, FaultDocument.Of(_host.Aws.Proxy.Faults.Add(document!.ToRule())));
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync(exception.Message);
        }
    }

    // A page in a browser can reach loopback; none has any business here.
    private static Task RefuseBrowsers(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Headers.ContainsKey("Origin") || http.Request.Host.Host is not ("127.0.0.1" or "localhost"))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return next(http);
    }

    private static Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static long Since(HttpContext http) =>
        long.TryParse(http.Request.Query["since"], CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static bool WritesOnly(HttpContext http) => http.Request.Query["writes"] == "true";

    private static async Task WriteAsync<T>(HttpContext http, T value)
    {
        http.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(http.Response.Body, value, typeof(T), ControlJson.Default, http.RequestAborted);
    }
}
