using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mayfly.Engine.Clouds.Http;

/// <inheritdoc cref="IHttpProbe"/>
/// <param name="resolver">How names are resolved.</param>
/// <param name="authority">PEM file of an authority to trust besides the system's; null: the system's only.</param>
public sealed class HttpProbe(NameResolver resolver, string? authority) : IHttpProbe
{
    private const int BodyLimit = 256 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public async Task<ProbeAnswer> AskAsync(ProbeTarget target, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Timeout);
        var step = ProbeStep.Dns;
        IReadOnlyList<IPAddress> addresses = [];
        try
        {
            var (endpoints, detail) = await resolver.ResolveAsync(target.Host, target.Port, limit.Token);
            if (endpoints.Count == 0)
            {
                return ProbeAnswer.Broken(ProbeStep.Dns, detail, []);
            }

            addresses = [.. endpoints.Select(endpoint => endpoint.Address)];
            step = ProbeStep.Connect;
            await using var connection = await ConnectAsync(endpoints, limit.Token);
            step = ProbeStep.Tls;
            var (tls, problem) = await SecureAsync(connection, target.Host, limit.Token);
            await using var secured = tls;
            if (problem is not null)
            {
                return ProbeAnswer.Broken(ProbeStep.Tls, problem, addresses);
            }

            step = ProbeStep.Http;
            return await AskAsync(target, tls, addresses, limit.Token);
        }
        catch (Exception e) when (!ct.IsCancellationRequested
            && e is SocketException or IOException or AuthenticationException or HttpRequestException or OperationCanceledException)
        {
            var what = e is OperationCanceledException ? $"no answer within {Timeout.TotalSeconds} s" : e.Message;
            return ProbeAnswer.Broken(step, $"{target.Host}:{target.Port} ({string.Join(", ", addresses)}): {what}", addresses);
        }
    }

    private static async Task<NetworkStream> ConnectAsync(IReadOnlyList<IPEndPoint> endpoints, CancellationToken ct)
    {
        SocketException? last = null;
        foreach (var endpoint in endpoints)
        {
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(endpoint, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }

    private async Task<(SslStream Stream, string? Problem)> SecureAsync(Stream connection, string host, CancellationToken ct)
    {
        string? problem = null;
        var stream = new SslStream(connection, leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = host,
                // The connection is only looked at: it goes on to learn what is wrong, and nothing is sent over a bad one.
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    problem = Judge(certificate as X509Certificate2, host, errors);
                    return true;
                },
            }, ct);
            return (stream, problem);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private string? Judge(X509Certificate2? certificate, string host, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return $"{host} shows no certificate";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"the certificate is for {certificate.GetNameInfo(X509NameType.DnsName, false)}, not for {host}";
        }

        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (authority is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        }

        return chain.Build(certificate)
            ? null
            : $"the certificate of {host} is not trusted: {string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()))}";
    }

    private static async Task<ProbeAnswer> AskAsync(ProbeTarget target, Stream stream, IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        // The stream is connected and checked already; the client only speaks HTTP over it.
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = (_, _) => ValueTask.FromResult(stream),
        };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{target.Host}:{target.Port}{target.Path}");
        request.Headers.Host = target.Port == 443 ? target.Host : $"{target.Host}:{target.Port}";
        request.Headers.UserAgent.ParseAdd("mayfly");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var body = await ReadAsync(await response.Content.ReadAsStreamAsync(ct), ct);
        var headers = response.Headers.Concat(response.Content.Headers)
            .GroupBy(header => header.Key.ToLowerInvariant())
            .ToDictionary(group => group.Key, group => string.Join(", ", group.SelectMany(header => header.Value)), StringComparer.Ordinal);
        var status = (int)response.StatusCode;
        return new ProbeAnswer(ProbeStep.Answered, $"HTTP {status} {response.ReasonPhrase}", addresses, status, headers, body);
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken ct)
    {
        var buffer = new byte[BodyLimit];
        var length = await stream.ReadAtLeastAsync(buffer, BodyLimit, throwOnEndOfStream: false, ct);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
