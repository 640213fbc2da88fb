using System.Net;
using System.Net.Http;
using System.Net.Security;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>Makes the requests of probes, really, over the cluster network. An <c>exec</c> probe is the image's decision.</summary>
internal sealed class Probes : IDisposable
{
    private readonly ControllerContext _context;
    private readonly HttpClient _http;

    public Probes(ControllerContext context)
    {
        _context = context;
        _http = context.Network.CreateHttpClient(configure: handler =>
        {
            // A kubelet neither keeps the connection nor looks at the certificate.
            handler.PooledConnectionLifetime = TimeSpan.Zero;
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
        });
        _http.Timeout = Timeout.InfiniteTimeSpan;
    }

    /// <summary>Probes again and again, and tells each change of mind.</summary>
    /// <param name="probe">What to do.</param>
    /// <param name="image">The image, for <c>exec</c>.</param>
    /// <param name="container">The container.</param>
    /// <param name="eager">
    /// Whether to ask in quick succession until the first period is over, without complaint: what is up after a moment is then ready after
    /// that moment and not a period later.
    /// </param>
    /// <param name="settled">Told <c>true</c> after enough successes, <c>false</c> after enough failures, with the reason.</param>
    /// <param name="failed">Told each failure.</param>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(
        V1Probe probe, IImage image, ContainerContext container, bool eager, Func<bool, bool> settled, Action<string> failed, CancellationToken ct)
    {
        var clock = _context.Clock;
        var period = _context.Options.Scale(TimeSpan.FromSeconds(probe.PeriodSeconds ?? 10));
        period = period < TimeSpan.FromMilliseconds(20) ? TimeSpan.FromMilliseconds(20) : period;
        await Task.Delay(_context.Options.Scale(TimeSpan.FromSeconds(probe.InitialDelaySeconds ?? 0)), clock, ct);
        var begin = clock.GetTimestamp();
        var (successes, failures) = (0, 0);
        var pause = TimeSpan.FromMilliseconds(10);
        while (true)
        {
            var fault = await TryAsync(probe, image, container, ct);
            var early = eager && successes == 0 && failures == 0 && clock.GetElapsedTime(begin) < period;
            if (fault is null)
            {
                failures = 0;
                if (++successes >= (probe.SuccessThreshold ?? 1) && !settled(true))
                {
                    return;
                }
            }
            else if (!early)
            {
                successes = 0;
                failed(fault);
                if (++failures >= (probe.FailureThreshold ?? 3) && !settled(false))
                {
                    return;
                }
            }

            await Task.Delay(early && fault is not null ? pause : period, clock, ct);
            pause = pause < period / 2 ? pause * 2 : period;
        }
    }

    private async Task<string?> TryAsync(V1Probe probe, IImage image, ContainerContext container, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1), _context.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            if (probe.HttpGet is { } http)
            {
                return await GetAsync(http, container, both.Token);
            }

            if (probe.Exec is { } exec)
            {
                var code = await image.ExecAsync(container, [.. exec.Command], both.Token);
                return code == 0 ? null : $"command \"{string.Join(' ', exec.Command)}\" exited with {code}";
            }

            var port = probe.TcpSocket is { } tcp ? Port(tcp.Port, container.Container) : probe.Grpc?.Port ?? 0;
            var host = string.IsNullOrEmpty(probe.TcpSocket?.Host) ? container.PodAddress.ToString() : probe.TcpSocket.Host;
            await using var connection = await container.Network.DialAsync(host, port, both.Token);
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "context deadline exceeded";
        }
        catch (IOException failure)
        {
            ct.ThrowIfCancellationRequested();
            return failure.Message;
        }
    }

    private async Task<string?> GetAsync(V1HTTPGetAction action, ContainerContext container, CancellationToken ct)
    {
        var host = string.IsNullOrEmpty(action.Host) ? container.PodAddress.ToString() : action.Host;
        var url = $"{(action.Scheme ?? "HTTP").ToLowerInvariant()}://{host}:{Port(action.Port, container.Container)}/{(action.Path ?? "").TrimStart('/')}";
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.34");
        request.Headers.ConnectionClose = true;
        foreach (var header in action.HttpHeaders ?? [])
        {
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return answer.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.BadRequest
                ? null
                : $"HTTP probe failed with statuscode: {(int)answer.StatusCode}";
        }
        catch (HttpRequestException failure)
        {
            return $"Get \"{url}\": {(failure.InnerException as ClusterDialException ?? failure.GetBaseException()).Message}";
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw new IOException($"Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        }
    }

    private static int Port(IntOrString port, V1Container container) => int.TryParse(port.Value, out var number)
        ? number
        : (container.Ports ?? []).FirstOrDefault(named => named.Name == port.Value)?.ContainerPort ?? 0;

    public void Dispose() => _http.Dispose();
}
