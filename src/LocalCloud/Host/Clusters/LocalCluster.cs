using k8s.Models;
using Mayfly.LocalCloud.Aws.Eks;
using Mayfly.LocalCloud.Kubernetes;
using Mayfly.LocalCloud.Kubernetes.Api;
using Mayfly.LocalCloud.Kubernetes.Controllers;
using Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Host.Clusters;

/// <summary>One EKS cluster: an API with an authority of its own, the controllers that make it live, and its nodes.</summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private readonly CertificateAuthority _authority;
    private readonly EksAuthenticator _authenticator;
    private readonly Dictionary<string, IReadOnlyList<EksNode>> _nodes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changing = new(1);
    private ClusterControllers? _controllers;

    private LocalCluster(EksClusterSpec spec, IKubernetesApi api, CertificateAuthority authority, ClusterNetwork network, EksAuthenticator authenticator)
    {
        Name = spec.Name;
        Api = api;
        Network = network;
        _authority = authority;
        _authenticator = authenticator;
    }

    /// <summary>The cluster's name.</summary>
    public string Name { get; }

    /// <summary>Its API.</summary>
    public IKubernetesApi Api { get; }

    /// <summary>Its network.</summary>
    public ClusterNetwork Network { get; }

    /// <summary>How many nodes it has.</summary>
    public int NodeCount => _nodes.Values.Sum(nodes => nodes.Count);

    internal static async Task<LocalCluster> StartAsync(EksClusterSpec spec, ClusterSurroundings around, CancellationToken ct)
    {
        var authority = CertificateAuthority.Create($"{spec.Name} cluster", around.Cloud.Clock);
        var network = new ClusterNetwork { Addresses = around.Addresses };
        var authenticator = new EksAuthenticator(spec.Name, around.Aws, around.Cloud.Clock);
        var api = await KubernetesApis.StartAsync(
            new KubernetesApiOptions
            {
                ClusterName = spec.Name,
                Authority = authority,
                Clock = around.Cloud.Clock,
                AuthenticateAsync = authenticator.AuthenticateAsync,
                DialServiceAsync = (target, token) => DialAsync(network, target, token),
                ServiceCidr = spec.ServiceCidr,
                ServiceAccountIssuer = spec.OidcIssuer,
                Fault = request => KubernetesFaults.Take(around.Aws.Proxy.Faults, spec.Name, request),
                Version = $"v{spec.Version}.0-eks-local",
            }, ct);
        var cluster = new LocalCluster(spec, api, authority, network, authenticator);
        try
        {
            await AccessPolicies.BindAsync(api.Admin, ct);
            authenticator.Open(api.Admin);
            await cluster.RunControllersAsync(around, ct);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    internal async Task SetNodesAsync(string nodegroup, IReadOnlyList<EksNode> wanted, CancellationToken ct)
    {
        // Two changes of one group at once, a scaling and a deletion, must not leave a mixture.
        await _changing.WaitAsync(ct);
        try
        {
            var pool = _controllers!.Nodes;
            foreach (var node in _nodes.GetValueOrDefault(nodegroup, []).Where(node => wanted.All(other => other.Name != node.Name)))
            {
                await pool.RemoveNodeAsync(node.Name, ct);
            }

            foreach (var node in wanted)
            {
                await pool.AddNodeAsync(
                    node.Name, LabelsOf(node), new NodeCapacity(), ct, $"aws:///{node.Zone}/{node.InstanceId}",
                    [.. node.Taints.Select(taint => new V1Taint { Key = taint.Key, Value = taint.Value, Effect = taint.Effect })]);
            }

            _nodes[nodegroup] = wanted;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_controllers is not null)
        {
            await _controllers.DisposeAsync();
        }

        await Api.DisposeAsync();
        _authenticator.Dispose();
        _authority.Dispose();
        _changing.Dispose();
    }

    private async Task RunControllersAsync(ClusterSurroundings around, CancellationToken ct)
    {
        var options = new ControllerOptions
        {
            TimeScale = around.Options.TimeScale,
            Puller = around.Registry.PullAsync,
            Diagnostics = around.Options.Diagnostics,
        };
        _controllers = await ClusterControllers.StartAsync(Api.Admin, around.Cloud, around.Images, Network, options, ct);
        var logs = _controllers.Logs;
        Api.PodLogs = (request, stop) => Task.FromResult(
            logs.Open(request.Namespace, request.Pod, request.Container,
                new LogQuery(request.Follow, request.TailLines, request.Previous, request.Timestamps, request.SinceSeconds), stop)
            ?? Stream.Null);
    }

    private static Dictionary<string, string> LabelsOf(EksNode node) => new(node.Labels)
    {
        ["eks.amazonaws.com/nodegroup"] = node.Nodegroup,
        ["eks.amazonaws.com/capacityType"] = "ON_DEMAND",
        ["node.kubernetes.io/instance-type"] = node.InstanceType,
        ["topology.kubernetes.io/region"] = node.Region,
        ["topology.kubernetes.io/zone"] = node.Zone,
    };

    private static async ValueTask<Stream> DialAsync(ClusterNetwork network, ServiceTarget target, CancellationToken ct)
    {
        try
        {
            return await network.DialAsync($"{target.Name}.{target.Namespace}.svc", target.Port, ct);
        }
        catch (ClusterDialException exception)
        {
            throw new ServiceUnreachableException(exception.Message);
        }
    }
}
