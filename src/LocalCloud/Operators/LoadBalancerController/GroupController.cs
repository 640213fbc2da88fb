using System.Text.Json.Nodes;
using k8s.Models;
using Mayfly.Aws;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>
/// Gives each group of Ingresses its load balancer, and lets go of an Ingress only after what it had in AWS is gone: the finalizer that
/// hangs when the controller is taken away before its Ingresses.
/// </summary>
internal sealed class GroupController : Controller
{
    private readonly Informer<V1Ingress> _ingresses;
    private readonly IngressClasses _classes;
    private readonly Bindings _bindings;
    private readonly ModelBuilder _builder;
    private readonly Deployer _deployer;
    private readonly Backoff _backoff;

    public GroupController(OperatorProcess process, AwsSession session, Discovery discovery, string cluster)
        : base(process.Context, "ingress", workers: 1)
    {
        var flags = process.Flags;
        _backoff = new Backoff(Queue);
        _deployer = new Deployer(session, cluster, discovery);
        _bindings = new Bindings(Api, Context.Informers.For<TargetGroupBinding>());
        _classes = new IngressClasses(
            Context.Informers.For<V1IngressClass>(), Context.Informers.For<IngressClassParams>(), flags.Find("ingress-class") ?? "alb");
        var services = Context.Informers.For<V1Service>();
        _builder = new ModelBuilder(
            cluster,
            discovery,
            (@namespace, name) => services.Store.Find($"{@namespace}/{name}"),
            _classes.ParametersOf,
            flags.Find("default-target-type") ?? "instance",
            ParseTags(flags.Find("default-tags")));
        _ingresses = Watch<V1Ingress>(GroupsOf);
        Watch<V1IngressClass>(_ => AllGroups());
        Watch<IngressClassParams>(_ => AllGroups());
        Watch<V1Service>(service => _ingresses.Store.List().Where(ingress => Names(ingress, service)).SelectMany(GroupsOf));
    }

    /// <summary>The classes, for the webhook that refuses an Ingress of an unknown one.</summary>
    public IngressClasses Classes => _classes;

    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        var group = GroupId.Parse(key);
        var all = _ingresses.Store.List();
        var members = all
            .Where(ingress => ingress.Metadata.DeletionTimestamp is null && _classes.IsOurs(ingress) && _classes.GroupOf(ingress) == group)
            .OrderBy(ingress => new Annotations(ingress).Find("group.order") is { } order && int.TryParse(order, out var number) ? number : 0)
            .ThenBy(ingress => ingress.Metadata.NamespaceProperty, StringComparer.Ordinal)
            .ThenBy(ingress => ingress.Metadata.Name, StringComparer.Ordinal)
            .ToList();
        var leaving = all.Where(ingress => GroupId.Holding(ingress).Contains(group) && !members.Contains(ingress)).ToList();
        if (members.Count + leaving.Count == 0)
        {
            _backoff.Forget(key);
            return;
        }

        for (var index = 0; index < members.Count; index++)
        {
            members[index] = await HoldAsync(members[index], group, ct);
        }

        if (members.Count == 0 ? await ReleaseAsync(group, leaving, ct) : await ProvideAsync(group, members, ct))
        {
            foreach (var ingress in leaving)
            {
                await LetGoAsync(ingress, group, ct);
            }

            _backoff.Forget(key);
        }
        else
        {
            _backoff.Again(key);
        }
    }

    /// <summary>Makes the load balancer what the Ingresses ask for.</summary>
    private async Task<bool> ProvideAsync(GroupId group, List<V1Ingress> members, CancellationToken ct)
    {
        LoadBalancerModel model;
        try
        {
            model = await _builder.BuildAsync(group, members, ct);
        }
        catch (Exception failure) when (Refusal(failure) is { } why)
        {
            members.ForEach(member => Tell(member, true, "FailedBuildModel", $"Failed build model due to {why}"));
            return false;
        }

        Deployment deployment;
        try
        {
            deployment = await _deployer.DeployAsync(model, ct);
            await _bindings.ApplyAsync(model, deployment.TargetGroups, ct);
            await _bindings.DeleteAsync(group, model.TargetGroups.Keys, ct);
            if (!_bindings.AreGone(group, model.TargetGroups.Keys))
            {
                return false;
            }

            await _deployer.DeleteTargetGroupsAsync(group, model.TargetGroups.Keys, ct);
        }
        catch (Exception failure) when (Refusal(failure) is { } why)
        {
            members.ForEach(member => Tell(member, true, "FailedDeployModel", $"Failed deploy model due to {why}"));
            return false;
        }

        var changed = deployment.Changed;
        foreach (var member in members)
        {
            changed |= await PublishAsync(member, deployment.Hostname, ct);
        }

        if (changed)
        {
            members.ForEach(member => Tell(member, false, "SuccessfullyReconciled", "Successfully reconciled"));
        }

        return true;
    }

    /// <summary>Takes everything of a group away.</summary>
    private async Task<bool> ReleaseAsync(GroupId group, List<V1Ingress> leaving, CancellationToken ct)
    {
        try
        {
            await _deployer.DeleteBalancersAsync(group, ct);
            await _bindings.DeleteAsync(group, [], ct);
            if (!_bindings.AreGone(group, []))
            {
                return false;
            }

            await _deployer.DeleteTargetGroupsAsync(group, [], ct);
            var gone = await _deployer.DeleteSecurityGroupsAsync(group, ct);
            var last = _ingresses.Store.List().All(ingress => leaving.Contains(ingress) || !GroupId.Holding(ingress).Any());
            return (!last || await _deployer.DeleteBackendSecurityGroupAsync(ct)) && gone;
        }
        catch (Exception failure) when (Refusal(failure) is { } why)
        {
            leaving.ForEach(ingress => Tell(ingress, true, "FailedDeployModel", $"Failed deploy model due to {why}"));
            return false;
        }
    }

    private async Task<V1Ingress> HoldAsync(V1Ingress ingress, GroupId group, CancellationToken ct)
    {
        var finalizers = ingress.Metadata.Finalizers ?? [];
        return finalizers.Contains(group.Finalizer) ? ingress : await PatchFinalizersAsync(ingress, [.. finalizers, group.Finalizer], ct);
    }

    private async Task LetGoAsync(V1Ingress ingress, GroupId group, CancellationToken ct) =>
        await PatchFinalizersAsync(ingress, [.. ingress.Metadata.Finalizers.Where(finalizer => finalizer != group.Finalizer)], ct);

    private async Task<V1Ingress> PatchFinalizersAsync(V1Ingress ingress, string[] finalizers, CancellationToken ct)
    {
        // With the version, so that a finalizer which somebody else adds meanwhile is not lost.
        var patch = new { metadata = new { finalizers, resourceVersion = ingress.Metadata.ResourceVersion } };
        var written = await Api.PatchAsync<V1Ingress>(ingress.Metadata, patch, PatchKind.Merge, ct);
        _ingresses.Store.Observe(written);
        return written;
    }

    private async Task<bool> PublishAsync(V1Ingress ingress, string hostname, CancellationToken ct)
    {
        if (ingress.Status?.LoadBalancer?.Ingress is [{ Hostname: var known }] && known == hostname)
        {
            return false;
        }

        var patch = new { status = new { loadBalancer = new { ingress = new[] { new { hostname } } } } };
        _ingresses.Store.Observe(await Api.PatchAsync<V1Ingress>(ingress.Metadata, patch, PatchKind.Merge, ct, "status"));
        return true;
    }

    private IEnumerable<string> GroupsOf(V1Ingress ingress)
    {
        var groups = GroupId.Holding(ingress);
        return (_classes.IsOurs(ingress) ? groups.Append(_classes.GroupOf(ingress)) : groups).Select(group => group.ToString()).Distinct();
    }

    private IEnumerable<string> AllGroups() => _ingresses.Store.List().SelectMany(GroupsOf);

    private static bool Names(V1Ingress ingress, V1Service service) =>
        ingress.Metadata.NamespaceProperty == service.Metadata.NamespaceProperty
        && (ingress.Spec.Rules ?? [])
            .SelectMany(rule => rule.Http?.Paths ?? [])
            .Select(path => path.Backend)
            .Append(ingress.Spec.DefaultBackend)
            .Any(backend => backend?.Service?.Name == service.Metadata.Name);

    private static string? Refusal(Exception failure) => failure switch
    {
        BuildException => failure.Message,
        _ when AwsException.From(failure) is { } refusal =>
            $"operation error {refusal.Service ?? "AWS"}: {refusal.Operation ?? "request"}, "
            + $"https response error StatusCode: {(int?)refusal.Status ?? 0}, api error {refusal.Code}: {refusal.Message}",
        _ => null,
    };

    private static Dictionary<string, string> ParseTags(string? text) => (text ?? "")
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(tag => tag.Split('=', 2))
        .ToDictionary(tag => tag[0], tag => tag.Length > 1 ? tag[1] : "");
}
