using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Cluster;

/// <summary>Says of each aggregated API whether its service can be reached. APIs that the server itself serves have no service.</summary>
public sealed class ApiServiceController : Controller
{
    private const string Available = "Available";
    private readonly Informer<V1APIService> _apis;
    private readonly Informer<V1Service> _services;

    /// <summary>For one cluster.</summary>
    public ApiServiceController(ControllerContext context)
        : base(context, "available-controller", workers: 1)
    {
        _apis = Watch<V1APIService>();
        _services = Watch<V1Service>(service => _apis.Store.List()
            .Where(api => api.Spec.Service?.Name == service.Metadata.Name && api.Spec.Service.NamespaceProperty == service.Metadata.NamespaceProperty)
            .Select(api => api.Metadata.Name));
    }

    /// <summary>The aggregated APIs that cannot be reached, <c>group/version</c>.</summary>
    internal static IEnumerable<string> Unavailable(IEnumerable<V1APIService> apis) => apis
        .Where(api => api.Spec.Service is not null && api.Status?.Conditions?.Any(condition => condition is { Type: Available, Status: "False" }) == true)
        .Select(api => $"{api.Spec.Group}/{api.Spec.Version}").Order(StringComparer.Ordinal);

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_apis.Store.Find(key) is not { Spec.Service: { } service, Metadata.DeletionTimestamp: null } api)
        {
            return;
        }

        // Nothing in the local cloud answers for an aggregated API, so one whose service is there is not reachable either.
        var name = $"{service.NamespaceProperty}/{service.Name}";
        var (reason, message) = _services.Store.Find(name) is null
            ? ("ServiceNotFound", $"service/{service.Name} in \"{service.NamespaceProperty}\" is not present")
            : ("MissingEndpoints", $"endpoints for service/{service.Name} in \"{service.NamespaceProperty}\" have no addresses with port name");
        var known = api.Status?.Conditions?.FirstOrDefault(condition => condition.Type == Available);
        var wanted = new V1APIServiceCondition
        {
            Type = Available,
            Status = "False",
            Reason = reason,
            Message = message,
            LastTransitionTime = known?.Status == "False" ? known.LastTransitionTime : Context.Now,
        };
        if (known is null || !Facts.Same(known, wanted))
        {
            _apis.Store.Observe(await Api.UpdateAsync(api with { Status = new V1APIServiceStatus { Conditions = [wanted] } }, ct, "status"));
        }
    }
}
