using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Mayfly.LocalCloud.Aws;

/// <summary>Hands requests to moto: streamed as they are, or held in memory where an answer is to be looked at.</summary>
internal sealed class MotoForwarder(Uri moto, IHttpForwarder forwarder) : IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        // moto's server closes connections that idle, and a request on one that is being closed would fail.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
    });

    private static readonly KeepHost Transform = new();

    /// <summary>Streams request and answer.</summary>
    public async Task StreamAsync(HttpContext http) =>
        await forwarder.SendAsync(http, moto.AbsoluteUri, _client, ForwarderRequestConfig.Empty, Transform, http.RequestAborted);

    /// <summary>Sends with the body that the call holds, and reads the answer whole.</summary>
    public async Task<AwsReply> SendAsync(HttpContext http, AwsCall call)
    {
        var target = new Uri(moto, http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent());
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), target);
        if (call.Protocol is AwsProtocol.S3)
        {
            request.Content = http.Request.ContentLength > 0 ? new StreamContent(http.Request.Body) : null;
        }
        else if (call.Body.Length > 0)
        {
            request.Content = new ByteArrayContent(call.Body);
        }

        foreach (var (name, values) in http.Request.Headers)
        {
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Host = values.ToString();
            }
            else if (IsPassed(name, call) && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        using var answer = await _client.SendAsync(request, http.RequestAborted);
        var headers = answer.Headers.Concat(answer.Content.Headers)
            .Where(header => header.Key is not ("Content-Length" or "Content-Type" or "Transfer-Encoding" or "Connection" or "Server" or "Date"))
            .ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new AwsReply((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(http.RequestAborted), ContentType(answer.Content.Headers))
        {
            Headers = headers,
        };
    }

    public void Dispose() => _client.Dispose();

    private static string? ContentType(HttpContentHeaders headers) => headers.ContentType?.ToString();

    // S3's body is passed as it came, so that its length stands; another body may have been changed.
    private static bool IsPassed(string name, AwsCall call) => name switch
    {
        _ when name.Equals("Expect", StringComparison.OrdinalIgnoreCase) => false,
        _ when name.Equals("Connection", StringComparison.OrdinalIgnoreCase) => false,
        _ when name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) => false,
        _ when name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase) => false,
        _ when name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) => call.Protocol is AwsProtocol.S3,
        _ => true,
    };

    private sealed class KeepHost : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext http, HttpRequestMessage request, string destination, CancellationToken ct)
        {
            await base.TransformRequestAsync(http, request, destination, ct);

            // moto builds URLs from the host, and they must lead here. It does not answer Expect, so that every upload would wait.
            request.Headers.Host = http.Request.Host.Value;
            request.Headers.ExpectContinue = null;
        }
    }
}
