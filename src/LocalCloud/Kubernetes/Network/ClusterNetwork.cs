using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mayfly.LocalCloud.Kubernetes.Network;

/// <summary>
/// The network of one cluster. Pods have addresses of their own that the machine does not know, as in a VPC; what listens on them
/// listens on loopback in truth, and this table says where. Kubernetes refuses loopback addresses in Endpoints, hence the table.
/// </summary>
public sealed class ClusterNetwork
{
    private readonly ConcurrentDictionary<(IPAddress Address, int Port), IPEndPoint> _listeners = new();

    /// <summary>The addresses of nodes and pods; clusters that the same load balancers reach share one pool.</summary>
    public AddressPool Addresses { get; init; } = new();

    /// <summary>What the services' names and cluster addresses lead to; the controllers keep it.</summary>
    public ServiceTable Services { get; } = new();

    /// <summary>Says that whoever connects to <paramref name="address"/>:<paramref name="port"/> shall reach <paramref name="actual"/>.</summary>
    /// <returns>Dispose it when nothing listens there any more.</returns>
    public IDisposable Listen(IPAddress address, int port, IPEndPoint actual)
    {
        _listeners[(address, port)] = actual;
        return new Listener(() => _listeners.TryRemove(new KeyValuePair<(IPAddress, int), IPEndPoint>((address, port), actual)));
    }

    /// <summary>Where a pod's port listens in truth; null: connection refused.</summary>
    public IPEndPoint? Find(IPAddress address, int port) => _listeners.GetValueOrDefault((address, port));

    /// <summary>
    /// Connects to a pod's address, a service's cluster address, or a name: <c>service.namespace[.svc[.cluster.local]]</c>,
    /// <c>pod.service.namespace…</c>, a bare service name from within <paramref name="fromNamespace"/>. Everything else is dialled
    /// on the machine's own network, as a cluster does through its NAT gateway.
    /// </summary>
    /// <exception cref="ClusterDialException">It could not connect; the reason tells a service without endpoints from a refusal.</exception>
    public async ValueTask<Stream> DialAsync(string host, int port, CancellationToken ct, string? fromNamespace = null)
    {
        host = Services.ExternalNameOf(host, fromNamespace) ?? host;
        var target = IPAddress.TryParse(host, out var address)
            ? Services.Resolve(address, port) ?? new IPEndPoint(address, port)
            : Services.Resolve(host, port, fromNamespace);

        if (target is not null && Find(target.Address, target.Port) is { } actual)
        {
            return await ConnectAsync(actual, host, port, ct);
        }

        // A private address belongs to the VPC that is only played here: the machine must not look for it in its own network.
        if (target is not null && IsPrivate(target.Address))
        {
            throw new ClusterDialException(DialFailure.Refused, $"dial tcp {target}: connect: connection refused");
        }

        return await ConnectAsync(target is null ? new DnsEndPoint(host, port) : target, host, port, ct);
    }

    /// <summary>An HTTP client whose connections go through <see cref="DialAsync"/>.</summary>
    /// <param name="fromNamespace">The namespace in which bare service names are looked up.</param>
    /// <param name="configure">Further settings of the handler, such as whom to trust.</param>
    public HttpClient CreateHttpClient(string? fromNamespace = null, Action<SocketsHttpHandler>? configure = null)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = (context, ct) => DialAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ct, fromNamespace),
        };
        configure?.Invoke(handler);
        return new HttpClient(handler);
    }

    private static bool IsPrivate(IPAddress address) =>
        address.GetAddressBytes() is [10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..];

    private static async Task<Stream> ConnectAsync(EndPoint actual, string host, int port, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(actual, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw failure.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
                ? new ClusterDialException(DialFailure.NoSuchHost, $"dial tcp: lookup {host}: no such host")
                : new ClusterDialException(DialFailure.Refused, $"dial tcp {host}:{port}: connect: connection refused");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class Listener(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
