using Mayfly.LocalCloud.Kubernetes.Controllers.Cluster;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;
using Mayfly.LocalCloud.Kubernetes.Controllers.Services;
using Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Kubernetes.Controllers;

/// <summary>
/// All that makes an API server a cluster: controller manager, scheduler, kubelets, kube-proxy and DNS, each a client of the API, so
/// that the server below can be the project's own or the real one.
/// </summary>
public sealed class ClusterControllers : IAsyncDisposable
{
    private readonly ControllerContext _context;
    private readonly MetadataGraph _graph;
    private readonly List<Controller> _controllers;
    private readonly Kubelet _kubelet;

    private ClusterControllers(ControllerContext context)
    {
        _context = context;
        _graph = new MetadataGraph(context);
        Nodes = new NodePool(context);
        _kubelet = new Kubelet(context, Nodes);
        _controllers =
        [
            new DeploymentController(context),
            new ReplicaSetController(context),
            new StatefulSetController(context),
            new DaemonSetController(context),
            new JobController(context),
            new CronJobController(context),
            new EndpointsController(context),
            new ServiceNetworkController(context),
            new Scheduler(context),
            new ServiceAccountController(context),
            new VolumeController(context),
            new LostPodController(context),
            new DisruptionController(context),
            new RoleAggregationController(context),
            new ApiServiceController(context),
            new NamespaceController(context, _graph),
            new GarbageCollector(context, _graph),
        ];
    }

    /// <summary>The cluster's nodes; it has none at first.</summary>
    public NodePool Nodes { get; }

    /// <summary>The logs of its containers.</summary>
    public PodLogs Logs => _kubelet.Logs;

    /// <summary>Starts everything; it works when this returns.</summary>
    public static async Task<ClusterControllers> StartAsync(
        ClusterConnection cluster, CloudContext cloud, ImageCatalog images, ClusterNetwork network, ControllerOptions options, CancellationToken ct)
    {
        var api = new ClusterApi(cluster, "mayfly-controllers");
        var context = new ControllerContext(
            api, new Informers(api, cloud.Clock), new EventRecorder(api, cloud.Clock), cloud, images, network, options);
        var controllers = new ClusterControllers(context);
        try
        {
            await controllers._graph.StartAsync(ct);
            await context.Informers.SyncedAsync(ct);
            controllers._controllers.ForEach(controller => controller.Start());
            await controllers._kubelet.StartAsync(ct);
            return controllers;
        }
        catch
        {
            await controllers.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _graph.DisposeAsync();
        await Task.WhenAll(_controllers.Select(controller => controller.DisposeAsync().AsTask()));
        await _kubelet.DisposeAsync();
        await _context.Events.DisposeAsync();
        await _context.Informers.DisposeAsync();
        _context.Api.Dispose();
    }
}
