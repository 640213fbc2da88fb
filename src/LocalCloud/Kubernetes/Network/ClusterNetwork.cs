using System.Collections.Concurrent;
using System.Net;

namespace Mayfly.LocalCloud.Kubernetes.Network;

/// <summary>
/// The network of one cluster. Pods have addresses of their own that the machine does not know, as in a VPC; what listens on them
/// listens on loopback in truth, and this table says where. Kubernetes refuses loopback addresses in Endpoints, hence the table.
/// </summary>
public sealed class ClusterNetwork
{
    private readonly ConcurrentDictionary<(IPAddress Address, int Port), IPEndPoint> _listeners = new();

    /// <summary>Says that whoever connects to <paramref name="address"/>:<paramref name="port"/> shall reach <paramref name="actual"/>.</summary>
    /// <returns>Dispose it when nothing listens there any more.</returns>
    public IDisposable Listen(IPAddress address, int port, IPEndPoint actual)
    {
        _listeners[(address, port)] = actual;
        return new Listener(() => _listeners.TryRemove(new KeyValuePair<(IPAddress, int), IPEndPoint>((address, port), actual)));
    }

    /// <summary>Where a pod's port listens in truth; null: connection refused.</summary>
    public IPEndPoint? Find(IPAddress address, int port) => _listeners.GetValueOrDefault((address, port));

    private sealed class Listener(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
