using System.Net.Http;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Cluster;

/// <summary>Empties a namespace that is being deleted, says what keeps it, and lets it go once it is empty.</summary>
public sealed class NamespaceController : Controller
{
    private const string Finalizer = "kubernetes";
    private readonly Informer<V1Namespace> _namespaces;
    private readonly Informer<V1APIService> _apis;
    private readonly MetadataGraph _graph;

    /// <summary>For one cluster.</summary>
    public NamespaceController(ControllerContext context, MetadataGraph graph)
        : base(context, "namespace-controller")
    {
        _namespaces = Watch<V1Namespace>();
        _apis = Watch<V1APIService>(_ => _namespaces.Store.List().Where(item => item.Metadata.DeletionTimestamp is not null).Select(item => item.Metadata.Name));
        _graph = graph;
        graph.OnChange((_, old, item) =>
        {
            if ((item ?? old)!.Metadata.NamespaceProperty is { } name && _namespaces.Store.Find(name)?.Metadata.DeletionTimestamp is not null)
            {
                Queue.Add(name);
            }
        });
    }

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_namespaces.Store.Find(key) is not { Metadata.DeletionTimestamp: not null } item || item.Spec?.Finalizers?.Contains(Finalizer) != true)
        {
            return;
        }

        foreach (var (kind, items) in _graph.ContentOf(key).ToList())
        {
            await DeleteAsync(kind, items, key, ct);
        }

        // The graph may lag: what it does not show must not be there in truth either.
        var empty = !_graph.ContentOf(key).Any();
        if (empty)
        {
            foreach (var kind in _graph.Kinds.Where(kind => kind.Served.Namespaced).ToList())
            {
                empty &= await IsEmptyAsync(kind, key, ct);
            }
        }

        // What an API that cannot be reached holds in the namespace is not known, so it must not end.
        empty &= !ApiServiceController.Unavailable(_apis.Store.List()).Any();
        if (!empty)
        {
            await WriteStatusAsync(item, ct);
            if (!_graph.ContentOf(key).Any() && !ApiServiceController.Unavailable(_apis.Store.List()).Any())
            {
                Queue.AddAfter(key, TimeSpan.FromMilliseconds(100));
            }

            return;
        }

        await Api.DeleteAllAsync(ResourcePath.Of<Corev1Event>(), key, ct);
        await FinalizeAsync(item, ct);
    }

    private async Task DeleteAsync(GraphKind kind, List<MetadataOnly> items, string @namespace, CancellationToken ct)
    {
        if (items.TrueForAll(item => item.Metadata.DeletionTimestamp is not null))
        {
            return;
        }

        if (kind.Served.Verbs.Contains("deletecollection"))
        {
            await Api.DeleteAllAsync(kind.Path, @namespace, ct);
            return;
        }

        foreach (var item in items)
        {
            await Api.DeleteAsync(kind.Path, item.Metadata, ct, "Background");
        }
    }

    private async Task<bool> IsEmptyAsync(GraphKind kind, string @namespace, CancellationToken ct)
    {
        try
        {
            var list = await Api.SendAsync<ObjectList<MetadataOnly>>(HttpMethod.Get, $"{kind.Path.Path(@namespace)}?limit=1", null, null, ct);
            if (list.Items.Count > 0 && kind.Served.Verbs.Contains("deletecollection"))
            {
                await Api.DeleteAllAsync(kind.Path, @namespace, ct);
            }

            return list.Items.Count == 0;
        }
        catch (ClusterApiException failure) when (failure.IsNotFound)
        {
            // The kind went with its definition just now.
            return true;
        }
    }

    private async Task FinalizeAsync(V1Namespace item, CancellationToken ct)
    {
        var rest = item.Spec.Finalizers.Where(finalizer => finalizer != Finalizer).ToList();
        var wanted = item with { Spec = item.Spec with { Finalizers = rest } };
        await Api.SendAsync<V1Namespace>(
            HttpMethod.Put, ResourcePath.Of<V1Namespace>().Path(null, item.Metadata.Name, "finalize"), wanted, "application/json", ct);
    }

    private async Task WriteStatusAsync(V1Namespace item, CancellationToken ct)
    {
        var content = _graph.ContentOf(item.Metadata.Name).ToList();
        var counts = content.OrderBy(kind => kind.Kind.Id, StringComparer.Ordinal)
            .Select(kind => $"{kind.Kind.Path.Plural}.{kind.Kind.Path.Group} has {kind.Items.Count} resource instances").ToList();
        var finalizers = content.SelectMany(kind => kind.Items).SelectMany(found => found.Metadata.Finalizers ?? [])
            .GroupBy(finalizer => finalizer).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} in {group.Count()} resource instances").ToList();
        var unreachable = ApiServiceController.Unavailable(_apis.Store.List()).ToList();
        List<V1NamespaceCondition> conditions =
        [
            unreachable.Count > 0
                ? Condition("NamespaceDeletionDiscoveryFailure", true, "DiscoveryFailed", $"Discovery failed for some groups, {unreachable.Count} failing: unable to retrieve the complete list of server APIs: {string.Join(", ", unreachable.Select(api => $"{api}: stale GroupVersion discovery: {api}"))}")
                : Condition("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"),
            Condition("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed"),
            Condition("NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
            counts.Count > 0
                ? Condition("NamespaceContentRemaining", true, "SomeResourcesRemain", $"Some resources are remaining: {string.Join(", ", counts)}")
                : Condition("NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed"),
            finalizers.Count > 0
                ? Condition("NamespaceFinalizersRemaining", true, "SomeFinalizersRemain", $"Some content in the namespace has finalizers remaining: {string.Join(", ", finalizers)}")
                : Condition("NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
        ];
        var status = (item.Status ?? new V1NamespaceStatus()) with { Phase = "Terminating", Conditions = conditions };
        if (!Facts.Same(item.Status, status))
        {
            _namespaces.Store.Observe(await Api.UpdateAsync(item with { Status = status }, ct, "status"));
        }

        V1NamespaceCondition Condition(string type, bool value, string reason, string message)
        {
            var text = value ? "True" : "False";
            var known = item.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);
            return new V1NamespaceCondition
            {
                Type = type,
                Status = text,
                Reason = reason,
                Message = message,
                LastTransitionTime = known?.Status == text ? known.LastTransitionTime : Context.Now,
            };
        }
    }
}
