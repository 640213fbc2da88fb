using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Mayfly.LocalCloud.Tests.Charts;

/// <summary>An application that serves mapped endpoints on a free port.</summary>
internal sealed class WebFixture : IAsyncDisposable
{
    private readonly WebApplication _application;

    private WebFixture(WebApplication application) => _application = application;

    public Uri Address => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<WebFixture> StartAsync(Action<IEndpointRouteBuilder> map)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        application.UseRouting();
        map(application);
        await application.StartAsync();
        return new WebFixture(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
