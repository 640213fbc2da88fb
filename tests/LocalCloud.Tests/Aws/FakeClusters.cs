using System.Collections.Concurrent;
using Mayfly.LocalCloud.Aws.Eks;

namespace Mayfly.LocalCloud.Tests.Aws;

/// <summary>Clusters that are only remembered.</summary>
internal sealed class FakeClusters : IClusterBackend
{
    public ConcurrentDictionary<string, EksClusterSpec> Running { get; } = new();

    public ConcurrentDictionary<string, IReadOnlyList<EksNode>> Nodes { get; } = new();

    public Task<EksClusterAccess> CreateAsync(EksClusterSpec cluster, CancellationToken ct)
    {
        Running[cluster.Name] = cluster;
        return Task.FromResult(new EksClusterAccess(new Uri("https://127.0.0.1:6443/"), "-----BEGIN CERTIFICATE-----"));
    }

    public Task DeleteAsync(string name, CancellationToken ct)
    {
        Running.TryRemove(name, out _);
        return Task.CompletedTask;
    }

    public Task SetNodesAsync(string cluster, string nodegroup, IReadOnlyList<EksNode> nodes, CancellationToken ct)
    {
        Nodes[$"{cluster}/{nodegroup}"] = nodes;
        return Task.CompletedTask;
    }
}
