using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>
/// Services of type LoadBalancer are Network Load Balancers in a real cluster. The local cloud plays none; a Service that would wait for
/// one forever says so.
/// </summary>
internal sealed class ServiceController : Controller
{
    private const string NetworkClass = "service.k8s.aws/nlb";
    private readonly Informer<V1Service> _services;

    public ServiceController(OperatorProcess process)
        : base(process.Context, "service", workers: 1) => _services = Watch<V1Service>();

    protected override Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_services.Store.Find(key) is { Metadata.DeletionTimestamp: null, Spec: { Type: "LoadBalancer", LoadBalancerClass: NetworkClass } } service)
        {
            Tell(service, true, "FailedDeployModel", "Failed deploy model due to Network Load Balancers are not played by the local cloud");
        }

        return Task.CompletedTask;
    }
}
