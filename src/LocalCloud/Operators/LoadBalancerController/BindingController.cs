using k8s.Models;
using Mayfly.Aws;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>Keeps the ready pods of a Service, and no others, as the targets of a target group.</summary>
internal sealed class BindingController : Controller
{
    private const string ServiceLabel = "kubernetes.io/service-name";
    private readonly AmazonElasticLoadBalancingV2Client _balancing;
    private readonly Informer<TargetGroupBinding> _bindings;
    private readonly Informer<V1EndpointSlice> _slices;
    private readonly Informer<V1Service> _services;
    private readonly Backoff _backoff;

    public BindingController(OperatorProcess process, AwsSession session)
        : base(process.Context, "targetGroupBinding")
    {
        _balancing = new AmazonElasticLoadBalancingV2Client(session);
        _backoff = new Backoff(Queue);
        _bindings = Watch<TargetGroupBinding>();
        _slices = Watch<V1EndpointSlice>(slice =>
            slice.Metadata.Labels is { } labels && labels.TryGetValue(ServiceLabel, out var service) ? Bound(slice.Metadata.NamespaceProperty, service) : []);
        _services = Watch<V1Service>(service => Bound(service.Metadata.NamespaceProperty, service.Metadata.Name));
    }

    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_bindings.Store.Find(key) is not { } binding)
        {
            _backoff.Forget(key);
            return;
        }

        try
        {
            if (binding.Metadata.DeletionTimestamp is null)
            {
                binding = await HoldAsync(binding, ct);
                await RegisterAsync(binding, Targets(binding), ct);
            }
            else
            {
                await RegisterAsync(binding, [], ct);
                await ReleaseAsync(binding, ct);
            }

            _backoff.Forget(key);
        }
        catch (AwsException refusal)
        {
            Tell(binding, true, "BackendNotFound", $"{refusal.Code}: {refusal.Message}");
            _backoff.Again(key);
        }
    }

    private async Task RegisterAsync(TargetGroupBinding binding, HashSet<TargetDescription> wanted, CancellationToken ct)
    {
        HashSet<TargetDescription> registered;
        try
        {
            var health = await _balancing.DescribeTargetHealthAsync(new DescribeTargetHealthRequest(binding.Spec.TargetGroupARN!), ct);
            registered = [.. health.TargetHealthDescriptions.Where(target => target.State != "draining").Select(target => target.Target)];
        }
        catch (AwsException gone) when (gone.IsNotFound && wanted.Count == 0)
        {
            return;
        }

        var stale = registered.Except(wanted).ToList();
        if (stale.Count > 0)
        {
            await _balancing.DeregisterTargetsAsync(new DeregisterTargetsRequest(binding.Spec.TargetGroupARN!, stale), ct);
        }

        var missing = wanted.Except(registered).ToList();
        if (missing.Count > 0)
        {
            await _balancing.RegisterTargetsAsync(new RegisterTargetsRequest(binding.Spec.TargetGroupARN!, missing), ct);
        }
    }

    private HashSet<TargetDescription> Targets(TargetGroupBinding binding)
    {
        var @namespace = binding.Metadata.NamespaceProperty;
        var service = _services.Store.Find($"{@namespace}/{binding.Spec.ServiceRef?.Name}");
        var wanted = binding.Spec.ServiceRef?.Port?.Value;
        var portName = service?.Spec.Ports.FirstOrDefault(port => port.Name == wanted || $"{port.Port}" == wanted)?.Name ?? "";
        return
        [
            .. _slices.Store.List()
                .Where(slice => slice.Metadata.NamespaceProperty == @namespace
                    && slice.Metadata.Labels is { } labels && labels.TryGetValue(ServiceLabel, out var name) && name == service?.Metadata.Name)
                .SelectMany(slice => (slice.Ports ?? []).Where(port => (port.Name ?? "") == portName && port.Port is not null)
                    .SelectMany(port => (slice.Endpoints ?? [])
                        .Where(endpoint => endpoint.Conditions?.Ready is not false)
                        .SelectMany(endpoint => endpoint.Addresses)
                        .Select(address => new TargetDescription(address, port.Port)))),
        ];
    }

    private async Task<TargetGroupBinding> HoldAsync(TargetGroupBinding binding, CancellationToken ct)
    {
        var finalizers = binding.Metadata.Finalizers ?? [];
        return finalizers.Contains(TargetGroupBinding.Finalizer)
            ? binding
            : await PatchAsync(binding, [.. finalizers, TargetGroupBinding.Finalizer], ct);
    }

    private async Task ReleaseAsync(TargetGroupBinding binding, CancellationToken ct)
    {
        if (binding.Metadata.Finalizers?.Contains(TargetGroupBinding.Finalizer) is true)
        {
            await PatchAsync(binding, [.. binding.Metadata.Finalizers.Where(finalizer => finalizer != TargetGroupBinding.Finalizer)], ct);
        }
    }

    private async Task<TargetGroupBinding> PatchAsync(TargetGroupBinding binding, string[] finalizers, CancellationToken ct)
    {
        var patch = new { metadata = new { finalizers, resourceVersion = binding.Metadata.ResourceVersion } };
        return await Api.PatchAsync<TargetGroupBinding>(binding.Metadata, patch, PatchKind.Merge, ct);
    }

    private IEnumerable<string> Bound(string @namespace, string service) => _bindings.Store.List()
        .Where(binding => binding.Metadata.NamespaceProperty == @namespace && binding.Spec.ServiceRef?.Name == service)
        .Select(binding => ObjectStore<TargetGroupBinding>.KeyOf(binding.Metadata));
}
