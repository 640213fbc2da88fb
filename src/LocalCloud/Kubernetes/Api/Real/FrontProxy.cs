using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>
/// Stands before the real API server with the cluster's address: it keeps the request log, injects faults, and serves pod logs from the
/// kubelet stand-in. Everything else goes through untouched, its token included.
/// </summary>
internal sealed class FrontProxy : IAsyncDisposable
{
    // A watch may be silent for long; only the server ends it.
    private static readonly ForwarderRequestConfig Forwarding =
        new() { ActivityTimeout = TimeSpan.FromHours(24), AllowResponseBuffering = false };

    private readonly KubernetesApiOptions _options;
    private readonly Uri _upstream;
    private readonly RequestLog _log;
    private readonly HttpMessageInvoker _client;
    private WebApplication _web = null!;
    private X509Certificate2 _certificate = null!;

    private FrontProxy(KubernetesApiOptions options, Uri upstream, RequestLog log)
    {
        (_options, _upstream, _log) = (options, upstream, log);
        _client = new HttpMessageInvoker(ClusterTrust.Handler(options.Authority.Pem));
    }

    public Uri Endpoint { get; private set; } = null!;

    public PodLogProvider? PodLogs { get; set; }

    public static async Task<FrontProxy> StartAsync(KubernetesApiOptions options, Uri upstream, RequestLog log,
        CancellationToken ct)
    {
        var proxy = new FrontProxy(options, upstream, log);
        proxy._certificate =
            options.Authority.Issue([options.Address.ToString(), "localhost", "kubernetes.default.svc",
            .. options.HostNames]);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(options.Address, options.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(proxy._certificate);
            });
        });
        proxy._web = builder.Build();
        var forwarder = proxy._web.Services.GetRequiredService<IHttpForwarder>();
        proxy._web.Run(http => proxy.HandleAsync(http, forwarder));
        await proxy._web.StartAsync(ct);
        var address = new Uri(
            proxy._web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        proxy.Endpoint = new Uri($"https://{options.Address}:{address.Port}");
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync(new CancellationToken(true));
        await _web.DisposeAsync();
        _client.Dispose();
        _certificate.Dispose();
    }

    private async Task HandleAsync(HttpContext http, IHttpForwarder forwarder)
    {
        var started = _options.Clock.GetTimestamp();
        var info = new ApiRequestInfo(
            http.Request.Method, http.Request.Path.Value ?? "/", http.Request.QueryString.Value
                ?? "", http.Request.Headers.UserAgent.ToString());
        if (_options.Fault(info) is { } fault)
        {
            await Task.Delay(fault.Delay, _options.Clock, http.RequestAborted);
            if (fault.Reset)
            {
                http.Abort();
                return;
            }

            if (fault.Status is { } status)
            {
                await Answers.WriteAsync(http,
                    new ApiException(ApiErrors.Status(status, "Unknown", fault.Message ?? "injected fault")));
                Log(status);
                return;
            }
        }

        // Told when its head is there: a watch has no end that anybody would wait for.
        http.Response.OnStarting(() =>
        {
            Log(http.Response.StatusCode);
            return Task.CompletedTask;
        });
        if (PodLogs is { } logs && PodLogPath(info) is var (ns, pod))
        {
            await LogsAsync(http, logs, ns, pod);
            return;
        }

        await forwarder.SendAsync(http, _upstream.GetLeftPart(UriPartial.Authority), _client, Forwarding,
            HttpTransformer.Empty);

        void Log(int status) =>
            _log.Add(_options.Clock.GetUtcNow(), info, "", status, _options.Clock.GetElapsedTime(started),
            Writes(info, status));
    }

    // From outside it cannot be told whether a patch changed anything; a write that was accepted counts.
    private static bool Writes(ApiRequestInfo info, int status) =>
        info.Method is "POST" or "PUT" or "PATCH" or "DELETE" && status is >= 200 and < 300
        && !info.Query.Contains("dryRun=", StringComparison.Ordinal)
            && !info.Path.EndsWith("reviews", StringComparison.Ordinal)
        && !info.Path.EndsWith("/token", StringComparison.Ordinal);

    private static (string Namespace, string Pod)? PodLogPath(ApiRequestInfo info) =>
        info.Method == "GET"
            && info.Path.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["api", "v1", "namespaces", var ns,
            "pods", var pod, "log"] ? (ns, pod) : null;

    /// <summary>There is no kubelet that the real server could ask. Whether the caller may read the log, it decides all the same.</summary>
    private async Task LogsAsync(HttpContext http, PodLogProvider logs, string ns, string pod)
    {
        var question = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectAccessReview",
            ["spec"] = new JsonObject
            {
                ["resourceAttributes"] = new JsonObject
                {
                    ["namespace"] = ns,
                    ["verb"] = "get",
                    ["resource"] = "pods",
                    ["subresource"] = "log",
                    ["name"] = pod,
                },
            },
        };
        using var review = await AskAsync(http, HttpMethod.Post,
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", question);
        var answer = JsonParser.Parse(await review.Content.ReadAsByteArrayAsync(http.RequestAborted)) as JsonObject
            ?? [];
        if (!review.IsSuccessStatusCode || answer.Flag("status", "allowed") is not true)
        {
            await Answers.WriteAsync(http, review.IsSuccessStatusCode
                ? ApiErrors.Forbidden("", "pods", pod,
                    $"cannot get resource \"pods/log\" in API group \"\" in the namespace \"{ns}\"")
                : new ApiException(answer));
            return;
        }

        using var found = await AskAsync(http, HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods/{pod}", null);
        var value = JsonParser.Parse(await found.Content.ReadAsByteArrayAsync(http.RequestAborted)) as JsonObject ?? [];
        if (!found.IsSuccessStatusCode)
        {
            await Answers.WriteAsync(http, value, (int)found.StatusCode);
            return;
        }

        try
        {
            var request = PodLogStream.Read(value, name => http.Request.Query.TryGetValue(name, out var text)
                ? text.ToString() : null);
            await PodLogStream.StreamAsync(http, logs, request, http.RequestAborted);
        }
        catch (ApiException error)
        {
            await Answers.WriteAsync(http, error);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(HttpContext http, HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(_upstream, path));
        request.Headers.TryAddWithoutValidation("Authorization", http.Request.Headers.Authorization.ToString());
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Json.Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return await _client.SendAsync(request, http.RequestAborted);
    }
}
