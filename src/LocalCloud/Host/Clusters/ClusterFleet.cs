using System.Collections.Concurrent;
using System.Net;
using Mayfly.LocalCloud.Aws.Eks;
using Mayfly.LocalCloud.Kubernetes.Api;

namespace Mayfly.LocalCloud.Host.Clusters;

/// <summary>All clusters of the cloud: what stands behind EKS.</summary>
public sealed class ClusterFleet : IClusterBackend, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, LocalCluster> _clusters = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<ClusterSurroundings> _around = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly ConcurrentDictionary<string, RequestLog> _ended = new(StringComparer.Ordinal);

    /// <summary>Raised when a cluster came or went.</summary>
    public event Action? Changed;

    /// <summary>Those that run.</summary>
    public IReadOnlyCollection<LocalCluster> Clusters => [.. _clusters.Values.OrderBy(cluster => cluster.Name, StringComparer.Ordinal)];

    /// <summary>One that runs; null: it does not.</summary>
    public LocalCluster? Find(string name) => _clusters.GetValueOrDefault(name);

    /// <summary>What was asked of the cluster of a name: of the one that runs, else of the last one that ended; null: there was none.</summary>
    public RequestLog? RequestsOf(string name) => Find(name)?.Api.Requests ?? _ended.GetValueOrDefault(name);

    /// <inheritdoc />
    public async Task<EksClusterAccess> CreateAsync(EksClusterSpec cluster, CancellationToken ct)
    {
        var started = await LocalCluster.StartAsync(cluster, await _around.Task.WaitAsync(ct), ct);
        _clusters[cluster.Name] = started;
        Changed?.Invoke();
        return new EksClusterAccess(started.Api.Endpoint, started.Api.AuthorityPem);
    }

    /// <inheritdoc />
    public async Task DeleteAsync(string name, CancellationToken ct)
    {
        if (_clusters.TryRemove(name, out var cluster))
        {
            // Who wants to know what a teardown asked can only ask when the cluster is gone.
            _ended[name] = cluster.Api.Requests;
            Changed?.Invoke();
            await cluster.DisposeAsync();
        }
    }

    /// <inheritdoc />
    public Task SetNodesAsync(string cluster, string nodegroup, IReadOnlyList<EksNode> nodes, CancellationToken ct) =>
        _clusters.TryGetValue(cluster, out var running) ? running.SetNodesAsync(nodegroup, nodes, ct) : Task.CompletedTask;

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await Task.WhenAll(Clusters.Select(cluster => cluster.DisposeAsync().AsTask()));

    /// <summary>Says what clusters have around them; those asked for before wait for it.</summary>
    internal void Open(ClusterSurroundings around) => _around.TrySetResult(around);

    /// <summary>Where a pod's port listens in truth, in whichever cluster it is.</summary>
    internal IPEndPoint? FindPod(IPAddress address, int port) =>
        _clusters.Values.Select(cluster => cluster.Network.Find(address, port)).FirstOrDefault(found => found is not null);
}
