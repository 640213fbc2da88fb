using System.Text;
using Mayfly.Aws;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;
using Mayfly.LocalCloud.Tests.Kubernetes;

namespace Mayfly.LocalCloud.Tests.Deployment;

/// <summary>One cluster for every test of deployments; each test has an environment of its own on it.</summary>
public sealed class DeployCluster : IAsyncLifetime
{
    private int _number = 1000;

    public WorkloadCluster Workloads { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Workloads.InitializeAsync();
        Workloads.Server.PodLogs = (request, stop) => Task.FromResult(Workloads.Controllers.Logs.Open(
            request.Namespace, request.Pod, request.Container, new LogQuery(request.Follow, request.TailLines, request.Previous), stop) ?? Stream.Null);
        await Workloads.ApplyAsync("", """
            apiVersion: storage.k8s.io/v1
            kind: StorageClass
            metadata: { name: gp3 }
            provisioner: ebs.csi.aws.com
            """, TestContext.Current.CancellationToken);
    }

    /// <summary>A new environment that is deployed by one of the majors.</summary>
    public DeployRig Rig(string major, bool allowDataLoss = false, int timeout = 30) =>
        new(this, major, Interlocked.Increment(ref _number), allowDataLoss, TimeSpan.FromSeconds(timeout));

    /// <summary>The same environment, deployed by another major.</summary>
    public DeployRig Rig(string major, DeployRig of) => new(this, major, of.Number, allowDataLoss: false, TimeSpan.FromSeconds(30));

    public ValueTask DisposeAsync() => Workloads.DisposeAsync();

    /// <summary>The account that has this one cluster.</summary>
    internal sealed class Account(WorkloadCluster cluster) : IAwsAccount
    {
        public Task<string> AccountIdAsync(CancellationToken ct) => Task.FromResult("123456789012");

        public Task<AwsObservation<ClusterFacts>> ClusterAsync(string name, CancellationToken ct) =>
            Task.FromResult<AwsObservation<ClusterFacts>>(new AwsObservation<ClusterFacts>.Present(new ClusterFacts(
                name, "ACTIVE", cluster.Server.Endpoint.ToString(), Convert.ToBase64String(Encoding.ASCII.GetBytes(cluster.Server.AuthorityPem)),
                DateTimeOffset.UnixEpoch, name, null)));

        public Task<EksLogin> LoginAsync(string cluster1, CancellationToken ct) => Task.FromResult(new EksLogin(cluster.Server.Admin.Token!, DateTimeOffset.MaxValue));
    }
}

/// <summary>The one cluster is shared by all classes of the collection, which run one after the other.</summary>
[CollectionDefinition(nameof(DeployCollection))]
public sealed class DeployCollection : ICollectionFixture<DeployCluster>;
