using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

/// <summary>A webhook of the tests: a service of the cluster that answers over TLS.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("webhooks", TimeProvider.System);
    private WebApplication _web = null!;

    /// <summary>What it was asked.</summary>
    public List<JsonNode> Asked { get; } = [];

    /// <summary>What it answers: the review's response, without its uid.</summary>
    public Func<JsonNode, JsonObject> Answer { get; set; } = _ => new JsonObject { ["allowed"] = true };

    public string Bundle => Convert.ToBase64String(Encoding.UTF8.GetBytes(_authority.Pem));

    private IPEndPoint Address { get; set; } = null!;

    public static async Task<WebhookReceiver> StartAsync(string host)
    {
        var receiver = new WebhookReceiver();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(receiver._authority.Issue(host))));
        receiver._web = builder.Build();
        receiver._web.Run(receiver.AnswerAsync);
        await receiver._web.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(
            receiver._web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        receiver.Address = new IPEndPoint(IPAddress.Loopback, address.Port);
        return receiver;
    }

    public async ValueTask<Stream> DialAsync(CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Address, ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _authority.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var review = (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!;
        lock (Asked)
        {
            Asked.Add(review["request"]!);
        }

        var response = Answer(review["request"]!);
        response["uid"] = review["request"]!["uid"]!.GetValue<string>();
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(new JsonObject
        {
            ["kind"] = "AdmissionReview",
            ["apiVersion"] = "admission.k8s.io/v1",
            ["response"] = response
        }.ToJsonString(), http.RequestAborted);
    }
}
