using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Mayfly.LocalCloud.Edge.Balancing;

/// <summary>Answers requests as an Application Load Balancer does: by rule a redirect, a fixed answer, or that of a pod.</summary>
/// <param name="forwarder">YARP, which carries streams and WebSockets too.</param>
/// <param name="network">Where pods listen in truth.</param>
/// <param name="securePort">The port that stands for 443 here, for redirects.</param>
/// <param name="plainPort">The port that stands for 80 here.</param>
internal sealed class BalancerProxy(IHttpForwarder forwarder, PodNetwork network, Func<int> securePort, Func<int> plainPort) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = (context, ct) => ConnectAsync(network, context.DnsEndPoint, ct),
    });

    private uint _turn;

    /// <summary>Answers a request that came to a listener.</summary>
    public Task AnswerAsync(HttpContext http, Balancer balancer, BalancerListener listener) =>
        listener.Choose(http.Request.Host.Host, http.Request.Path.Value ?? "/") switch
        {
            BalancerAction.Forward forward => ForwardAsync(http, balancer, listener, forward),
            BalancerAction.Redirect redirect => RedirectAsync(http, listener, redirect),
            BalancerAction.Fixed answer => BalancerPages.WriteAsync(http, answer.Status, answer.ContentType, answer.Body),
            _ => BalancerPages.WriteErrorAsync(http, StatusCodes.Status503ServiceUnavailable),
        };

    private async Task ForwardAsync(HttpContext http, Balancer balancer, BalancerListener listener, BalancerAction.Forward forward)
    {
        // With targets but none healthy a load balancer "fails open" and tries them all; 503 is for a group with none.
        var healthy = forward.Targets.Where(target => target.IsHealthy).ToList();
        var candidates = healthy.Count > 0 ? healthy : forward.Targets;
        if (candidates.Count == 0)
        {
            await BalancerPages.WriteErrorAsync(http, StatusCodes.Status503ServiceUnavailable);
            return;
        }

        var target = candidates[(int)(Interlocked.Increment(ref _turn) % (uint)candidates.Count)];
        var error = await forwarder.SendAsync(
            http,
            $"http://{target.Address}:{target.Port}",
            _http,
            new ForwarderRequestConfig { ActivityTimeout = balancer.IdleTimeout, Version = HttpVersion.Version11 },
            new Headers(listener.Port));
        if (error is not ForwarderError.None && !http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Headers.Clear();
            await BalancerPages.WriteErrorAsync(
                http, error is ForwarderError.RequestTimedOut ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway);
        }
    }

    private Task RedirectAsync(HttpContext http, BalancerListener listener, BalancerAction.Redirect redirect)
    {
        var request = http.Request;
        string Fill(string template) => template
            .Replace("#{protocol}", listener.IsSecure ? "HTTPS" : "HTTP", StringComparison.Ordinal)
            .Replace("#{host}", request.Host.Host, StringComparison.Ordinal)
            .Replace("#{port}", $"{listener.Port}", StringComparison.Ordinal)
            .Replace("#{path}", request.Path.ToUriComponent().TrimStart('/'), StringComparison.Ordinal)
            .Replace("#{query}", request.QueryString.Value?.TrimStart('?') ?? "", StringComparison.Ordinal);

        var protocol = Fill(redirect.Protocol).ToLowerInvariant();
        var query = Fill(redirect.Query);

        // The public port is played by another one where 443 is not permitted; a client has to be sent where it is heard.
        var port = Fill(redirect.Port) switch { "443" => $"{securePort()}", "80" => $"{plainPort()}", var other => other };
        http.Response.Headers.Location =
            $"{protocol}://{Fill(redirect.Host)}:{port}/{Fill(redirect.Path).TrimStart('/')}{(query.Length > 0 ? "?" + query : "")}";
        return BalancerPages.WriteAsync(http, redirect.Status, null, null);
    }

    private static async ValueTask<Stream> ConnectAsync(PodNetwork network, DnsEndPoint pod, CancellationToken ct)
    {
        if (!IPAddress.TryParse(pod.Host, out var address) || network(address, pod.Port) is not { } actual)
        {
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(actual, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The headers a load balancer adds; the host stays what the client asked for.</summary>
    private sealed class Headers(int publicPort) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            var request = httpContext.Request;
            var client = httpContext.Connection.RemoteIpAddress?.ToString();
            var before = request.Headers["X-Forwarded-For"].ToString();
            Set("X-Forwarded-For", before.Length > 0 ? $"{before}, {client}" : client);
            Set("X-Forwarded-Proto", request.Scheme);
            Set("X-Forwarded-Port", $"{publicPort}");
            Set("X-Amzn-Trace-Id", request.Headers["X-Amzn-Trace-Id"].ToString() is { Length: > 0 } given ? given : $"Root=1-{Guid.NewGuid():N}");

            void Set(string name, string? value)
            {
                proxyRequest.Headers.Remove(name);
                proxyRequest.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }
}

/// <summary>Where a pod's port listens in truth, in whichever cluster the address is; null: nothing listens there.</summary>
public delegate IPEndPoint? PodNetwork(IPAddress address, int port);
