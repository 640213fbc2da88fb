using System.Net;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Services;

/// <summary>DNS and kube-proxy in one: keeps the network's table of services after Services and EndpointSlices.</summary>
public sealed class ServiceNetworkController : Controller
{
    private const string ServiceName = "kubernetes.io/service-name";
    private readonly Informer<V1Service> _services;
    private readonly Informer<V1EndpointSlice> _slices;

    /// <summary>For one cluster.</summary>
    public ServiceNetworkController(ControllerContext context)
        : base(context, "service-network", workers: 1)
    {
        _services = Watch<V1Service>();
        _slices = Watch<V1EndpointSlice>(Keys);
        _slices.Store.AddIndex("all-of-service", Keys);
    }

    private static IEnumerable<string> Keys(V1EndpointSlice slice) =>
        slice.Metadata.Labels is { } labels && labels.TryGetValue(ServiceName, out var name) ? [$"{slice.Metadata.NamespaceProperty}/{name}"] : [];

    /// <inheritdoc />
    protected override Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_services.Store.Find(key) is not { } service)
        {
            var parts = key.Split('/');
            Context.Network.Services.Remove(parts[0], parts[1]);
            return Task.CompletedTask;
        }

        var headless = service.Spec.ClusterIP == "None";
        var slices = _slices.Store.List("all-of-service", key);
        var ports = (service.Spec.Ports ?? []).Select(port =>
        {
            var backends = slices.SelectMany(slice => Backends(slice, port.Name ?? "")).ToList();
            return new ServicePort(headless && backends.Count > 0 ? backends[0].Port : port.Port, port.Name, backends);
        });
        Context.Network.Services.Set(new ServiceEntry(
            service.Metadata.NamespaceProperty,
            service.Metadata.Name,
            IPAddress.TryParse(service.Spec.ClusterIP, out var address) ? address : null,
            service.Spec.ExternalName,
            [.. ports]));
        return Task.CompletedTask;
    }

    private static IEnumerable<(ServiceBackend Backend, int Port)> Backends(V1EndpointSlice slice, string portName) =>
        (slice.Ports ?? []).Where(port => (port.Name ?? "") == portName && port.Port is not null)
            .SelectMany(port => (slice.Endpoints ?? []).SelectMany(endpoint => endpoint.Addresses
                .Where(address => IPAddress.TryParse(address, out _))
                .Select(address => (new ServiceBackend(IPAddress.Parse(address), endpoint.Hostname, endpoint.Conditions?.Ready ?? true), port.Port!.Value))));
}
