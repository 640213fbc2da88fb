using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Answers the real API server's questions about tokens it does not know: EKS tokens. It listens on loopback, at a path nobody can guess.</summary>
internal sealed class TokenWebhook : IAsyncDisposable
{
    private readonly WebApplication _web;

    private TokenWebhook(WebApplication web, Uri address)
    {
        _web = web;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<TokenWebhook> StartAsync(Func<string, CancellationToken,
        ValueTask<UserInfo?>> authenticate, CancellationToken ct)
    {
        var path = "/" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var web = builder.Build();
        web.Run(http => http.Request.Path == path && http.Request.Method == "POST" ? AnswerAsync(http, authenticate)
            : Answers.NotFoundAsync(http));
        await web.StartAsync(ct);
        var root = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new TokenWebhook(web, new Uri(root, path));
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static async Task AnswerAsync(HttpContext http, Func<string, CancellationToken,
        ValueTask<UserInfo?>> authenticate)
    {
        JsonNode? review;
        try
        {
            review = JsonParser.Parse(await RequestBody.BytesAsync(http));
        }
        catch (JsonException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var user = await authenticate(review.Text("spec", "token") ?? "", http.RequestAborted);
        var status = new JsonObject { ["authenticated"] = user is not null };
        if (user is not null)
        {
            status["user"] = Reviews.Describe(user);
        }

        await Answers.WriteAsync(http,
            new JsonObject
            {
                ["apiVersion"] = "authentication.k8s.io/v1",
                ["kind"] = "TokenReview",
                ["status"] = status
            });
    }
}
