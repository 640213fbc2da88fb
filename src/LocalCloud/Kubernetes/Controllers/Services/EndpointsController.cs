using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Services;

/// <summary>Keeps for each Service with a selector the list of the pods behind it: as an EndpointSlice, and as the older Endpoints.</summary>
public sealed class EndpointsController : Controller
{
    private const string ServiceName = "kubernetes.io/service-name";
    private const string ManagedBy = "endpointslice.kubernetes.io/managed-by";
    private const string Me = "endpointslice-controller.k8s.io";
    private readonly Informer<V1Service> _services;
    private readonly Informer<V1Pod> _pods;
    private readonly Informer<V1EndpointSlice> _slices;
    private readonly Informer<V1Endpoints> _endpoints;

    /// <summary>For one cluster.</summary>
    public EndpointsController(ControllerContext context)
        : base(context, "endpoint-controller")
    {
        _services = Watch<V1Service>();
        _services.Store.AddIndex("namespace", service => [service.Metadata.NamespaceProperty]);
        _slices = Watch<V1EndpointSlice>(slice => Owner(slice) is { } name ? [$"{slice.Metadata.NamespaceProperty}/{name}"] : []);
        _slices.Store.AddIndex("service", slice => Owner(slice) is { } name ? [$"{slice.Metadata.NamespaceProperty}/{name}"] : []);
        _endpoints = context.Informers.For<V1Endpoints>();
        _pods = context.Informers.For<V1Pod>();
        _pods.Store.AddIndex("namespace", pod => [pod.Metadata.NamespaceProperty]);
        _pods.OnChange(OnPod);
    }

    private static string? Owner(V1EndpointSlice slice) =>
        slice.Metadata.Labels is { } labels && labels.TryGetValue(ManagedBy, out var manager) && manager == Me && labels.TryGetValue(ServiceName, out var name)
            ? name
            : null;

    private void OnPod(V1Pod? old, V1Pod? pod)
    {
        var either = (pod ?? old)!;
        if (old is not null && pod is not null && State(old) == State(pod) && Facts.Same(old.Metadata.Labels, pod.Metadata.Labels))
        {
            return;
        }

        foreach (var service in _services.Store.List("namespace", either.Metadata.NamespaceProperty))
        {
            if (service.Spec.Selector is { Count: > 0 } selector
                && (Facts.Matches(selector, either.Metadata.Labels) || (old is not null && Facts.Matches(selector, old.Metadata.Labels))))
            {
                Queue.Add(ObjectStore<V1Service>.KeyOf(service.Metadata));
            }
        }
    }

    // All of a pod that an endpoint shows.
    private static (string?, string?, bool, bool, bool) State(V1Pod pod) =>
        (pod.Status?.PodIP, pod.Spec.NodeName, Facts.IsReady(pod), pod.Metadata.DeletionTimestamp is not null, Facts.IsFinished(pod));

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_services.Store.Find(key) is not { } service)
        {
            await RemoveAsync(key, ct);
            return;
        }

        if (service.Spec.Selector is not { Count: > 0 } selector || service.Spec.Type == "ExternalName" || service.Metadata.DeletionTimestamp is not null)
        {
            return;
        }

        var pods = _pods.Store.List("namespace", service.Metadata.NamespaceProperty)
            .Where(pod => Facts.Matches(selector, pod.Metadata.Labels) && !string.IsNullOrEmpty(pod.Status?.PodIP) && !Facts.IsFinished(pod))
            .OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal)
            .ToList();

        // Pods of two templates may give one port name different numbers: a slice has one number a name, so there is a slice for each.
        var groups = pods.GroupBy(pod => PortsKey(Ports(service, pod))).ToList();
        await WriteSlicesAsync(key, service, [.. groups.Select(group => group.ToList())], ct);
        await WriteEndpointsAsync(service, [.. groups.Select(group => group.ToList())], ct);
    }

    private async Task WriteSlicesAsync(string key, V1Service service, List<List<V1Pod>> groups, CancellationToken ct)
    {
        var existing = _slices.Store.List("service", key).Where(slice => !_slices.Store.IsDoomed(slice)).ToList();
        if (groups.Count == 0)
        {
            groups = [[]];
        }

        foreach (var group in groups)
        {
            var ports = group.Count == 0 ? [] : Ports(service, group[0]);
            List<V1Endpoint> endpoints = [.. group.Select(pod => Endpoint(service, pod))];
            var known = existing.Find(slice => PortsKey(slice.Ports ?? []) == PortsKey(ports)) ?? existing.FirstOrDefault();
            existing.Remove(known!);
            if (known is null)
            {
                await CreateSliceAsync(service, ports, endpoints, ct);
            }
            else if (!Facts.Same(known.Endpoints ?? [], endpoints) || PortsKey(known.Ports ?? []) != PortsKey(ports))
            {
                _slices.Store.Observe(await Api.UpdateAsync(known with { Endpoints = endpoints, Ports = ports }, ct));
            }
        }

        foreach (var left in existing)
        {
            _slices.Store.Doom(left);
            await Api.DeleteAsync(ResourcePath.Of<V1EndpointSlice>(), left.Metadata, ct);
        }
    }

    private async Task CreateSliceAsync(V1Service service, List<Discoveryv1EndpointPort> ports, List<V1Endpoint> endpoints, CancellationToken ct)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels ?? new Dictionary<string, string>())
        {
            [ServiceName] = service.Metadata.Name,
            [ManagedBy] = Me,
        };
        if (service.Spec.ClusterIP == "None")
        {
            labels["service.kubernetes.io/headless"] = "";
        }

        _slices.Store.Observe(await Api.CreateAsync(
            new V1EndpointSlice
            {
                Metadata = new V1ObjectMeta
                {
                    Name = $"{service.Metadata.Name}-{Facts.Suffix()}",
                    GenerateName = $"{service.Metadata.Name}-",
                    NamespaceProperty = service.Metadata.NamespaceProperty,
                    Labels = labels,
                    OwnerReferences = [Facts.Reference(service)],
                },
                AddressType = "IPv4",
                Ports = ports,
                Endpoints = endpoints,
            },
            ct));
    }

    private async Task WriteEndpointsAsync(V1Service service, List<List<V1Pod>> groups, CancellationToken ct)
    {
        var key = ObjectStore<V1Service>.KeyOf(service.Metadata);
        List<V1EndpointSubset> subsets = [];
        foreach (var group in groups)
        {
            var ready = group.Where(pod => IsReady(service, pod)).Select(pod => Address(service, pod)).ToList();
            var not = group.Where(pod => !IsReady(service, pod) && pod.Metadata.DeletionTimestamp is null).Select(pod => Address(service, pod)).ToList();
            if (ready.Count + not.Count > 0)
            {
                subsets.Add(new V1EndpointSubset
                {
                    Addresses = ready.Count == 0 ? null : ready,
                    NotReadyAddresses = not.Count == 0 ? null : not,
                    Ports = [.. Ports(service, group[0]).Select(port => new Corev1EndpointPort { Name = port.Name, Port = port.Port ?? 0, Protocol = port.Protocol, AppProtocol = port.AppProtocol })],
                });
            }
        }

        var known = _endpoints.Store.Find(key);
        if (known is not null && Facts.Same(known.Subsets ?? [], subsets))
        {
            return;
        }

        var wanted = (known ?? new V1Endpoints()) with
        {
            Metadata = known?.Metadata ?? new V1ObjectMeta
            {
                Name = service.Metadata.Name,
                NamespaceProperty = service.Metadata.NamespaceProperty,
                Labels = new Dictionary<string, string>(service.Metadata.Labels ?? new Dictionary<string, string>())
                {
                    ["endpoints.kubernetes.io/managed-by"] = Name,
                },
            },
            Subsets = subsets,
        };
        _endpoints.Store.Observe(known is null ? await Api.CreateAsync(wanted, ct) : await Api.UpdateAsync(wanted, ct));
    }

    // The slices go by their owner; Endpoints have none, they go by their name.
    private async Task RemoveAsync(string key, CancellationToken ct)
    {
        if (_endpoints.Store.Find(key) is { } left
            && left.Metadata.Labels?.TryGetValue("endpoints.kubernetes.io/managed-by", out var manager) == true && manager == Name)
        {
            await Api.DeleteAsync(ResourcePath.Of<V1Endpoints>(), left.Metadata, ct);
        }
    }

    private static bool IsReady(V1Service service, V1Pod pod) =>
        (service.Spec.PublishNotReadyAddresses == true || Facts.IsReady(pod)) && pod.Metadata.DeletionTimestamp is null;

    private static V1ObjectReference Target(V1Pod pod) => new()
    {
        Kind = "Pod",
        Name = pod.Metadata.Name,
        NamespaceProperty = pod.Metadata.NamespaceProperty,
        Uid = pod.Metadata.Uid,
    };

    private static string? Hostname(V1Service service, V1Pod pod) =>
        !string.IsNullOrEmpty(pod.Spec.Hostname) && pod.Spec.Subdomain == service.Metadata.Name ? pod.Spec.Hostname : null;

    private static V1EndpointAddress Address(V1Service service, V1Pod pod) => new()
    {
        Ip = pod.Status.PodIP,
        NodeName = pod.Spec.NodeName,
        Hostname = Hostname(service, pod),
        TargetRef = Target(pod),
    };

    private static V1Endpoint Endpoint(V1Service service, V1Pod pod)
    {
        var terminating = pod.Metadata.DeletionTimestamp is not null;
        return new V1Endpoint
        {
            Addresses = [pod.Status.PodIP],
            Conditions = new V1EndpointConditions { Ready = IsReady(service, pod), Serving = Facts.IsReady(pod), Terminating = terminating },
            NodeName = pod.Spec.NodeName,
            Hostname = Hostname(service, pod),
            TargetRef = Target(pod),
        };
    }

    private static List<Discoveryv1EndpointPort> Ports(V1Service service, V1Pod pod) =>
    [
        .. (service.Spec.Ports ?? []).Select(port => (Port: port, Number: Target(port, pod))).Where(port => port.Number is not null)
            .Select(port => new Discoveryv1EndpointPort
            {
                Name = port.Port.Name ?? "",
                Port = port.Number,
                Protocol = port.Port.Protocol ?? "TCP",
                AppProtocol = port.Port.AppProtocol,
            }),
    ];

    private static int? Target(V1ServicePort port, V1Pod pod)
    {
        if (port.TargetPort?.Value is not { Length: > 0 } target || target == "0")
        {
            return port.Port;
        }

        return int.TryParse(target, out var number)
            ? number
            : pod.Spec.Containers.SelectMany(container => container.Ports ?? []).FirstOrDefault(named => named.Name == target)?.ContainerPort;
    }

    private static string PortsKey(IEnumerable<Discoveryv1EndpointPort> ports) =>
        string.Join(';', ports.Select(port => $"{port.Name}:{port.Port}/{port.Protocol ?? "TCP"}/{port.AppProtocol}").Order(StringComparer.Ordinal));
}
