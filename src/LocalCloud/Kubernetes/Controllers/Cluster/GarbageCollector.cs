using System.Net.Http;
using System.Net;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Cluster;

/// <summary>
/// Deletes what is owned only by things that are gone; with foreground deletion, holds the owner until what it owns is gone; with
/// orphaning, lets what it owned go free.
/// </summary>
public sealed class GarbageCollector : Controller
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphan = "orphan";
    private readonly MetadataGraph _graph;

    /// <summary>For one cluster.</summary>
    public GarbageCollector(ControllerContext context, MetadataGraph graph)
        : base(context, "garbage-collector-controller", workers: 4)
    {
        _graph = graph;
        graph.OnChange(OnChange);
    }

    private void OnChange(GraphKind kind, MetadataOnly? old, MetadataOnly? item)
    {
        var metadata = (item ?? old)!.Metadata;
        if (item is null)
        {
            foreach (var (dependentKind, dependent) in _graph.DependentsOf(metadata.Uid))
            {
                Enqueue(dependentKind, dependent);
            }
        }
        else if (metadata.OwnerReferences is { Count: > 0 } || metadata.DeletionTimestamp is not null)
        {
            Enqueue(kind, item);
        }

        // An owner may wait for just this one to go, or to let go.
        foreach (var owner in (old?.Metadata.OwnerReferences ?? []).Where(owner => item is null || item.Metadata.OwnerReferences?.Any(still => still.Uid == owner.Uid) != true))
        {
            if (_graph.Find(owner.Uid) is { Item.Metadata.DeletionTimestamp: not null } waiting)
            {
                Enqueue(waiting.Kind, waiting.Item);
            }
        }
    }

    private void Enqueue(GraphKind kind, MetadataOnly item) => Queue.Add($"{kind.Id}|{ObjectStore<MetadataOnly>.KeyOf(item.Metadata)}");

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        var bar = key.IndexOf('|');
        if (_graph.Kind(key[..bar]) is not { } kind || kind.Informer.Store.Find(key[(bar + 1)..]) is not { } item)
        {
            return;
        }

        if (item.Metadata.DeletionTimestamp is not null)
        {
            await FinishAsync(kind, item, ct);
        }
        else if (item.Metadata.OwnerReferences is { Count: > 0 })
        {
            await CollectAsync(kind, item, ct);
        }
    }

    // The owner's side: it is going, and its dependents have to go first or be freed first.
    private async Task FinishAsync(GraphKind kind, MetadataOnly item, CancellationToken ct)
    {
        var finalizers = item.Metadata.Finalizers ?? [];
        var dependents = finalizers.Contains(Foreground) || finalizers.Contains(Orphan) ? _graph.DependentsOf(item.Metadata.Uid).ToList() : [];
        if (finalizers.Contains(Orphan))
        {
            foreach (var (dependentKind, dependent) in dependents)
            {
                var left = dependent.Metadata.OwnerReferences.Where(owner => owner.Uid != item.Metadata.Uid);
                await PatchAsync(dependentKind, dependent, new { metadata = new { uid = dependent.Metadata.Uid, ownerReferences = left.ToList() } }, ct);
            }

            await RemoveFinalizerAsync(kind, item, Orphan, ct);
        }
        else if (finalizers.Contains(Foreground))
        {
            if (dependents.Exists(dependent => dependent.Item.Metadata.OwnerReferences.Any(owner => owner.Uid == item.Metadata.Uid && owner.BlockOwnerDeletion == true)))
            {
                dependents.ForEach(dependent => Enqueue(dependent.Kind, dependent.Item));
            }
            else
            {
                await RemoveFinalizerAsync(kind, item, Foreground, ct);
                dependents.ForEach(dependent => Enqueue(dependent.Kind, dependent.Item));
            }
        }
    }

    // The dependent's side: does anybody still own it?
    private async Task CollectAsync(GraphKind kind, MetadataOnly item, CancellationToken ct)
    {
        var (solid, waiting, gone) = (new List<V1OwnerReference>(), new List<V1OwnerReference>(), new List<V1OwnerReference>());
        foreach (var owner in item.Metadata.OwnerReferences)
        {
            switch (await LookAsync(owner, item.Metadata.NamespaceProperty, ct))
            {
                case null:
                    gone.Add(owner);
                    break;
                case { DeletionTimestamp: not null } found when found.Finalizers?.Contains(Foreground) == true && owner.BlockOwnerDeletion == true:
                    waiting.Add(owner);
                    break;
                default:
                    solid.Add(owner);
                    break;
            }
        }

        if (gone.Count + waiting.Count == 0)
        {
            return;
        }

        if (solid.Count > 0)
        {
            await PatchAsync(kind, item, new { metadata = new { uid = item.Metadata.Uid, resourceVersion = item.Metadata.ResourceVersion, ownerReferences = solid } }, ct);
            return;
        }

        // Within a foreground deletion the dependents' own dependents hold them in turn.
        var deep = waiting.Count > 0 && _graph.DependentsOf(item.Metadata.Uid).Any();
        var policy = item.Metadata.Finalizers?.Contains(Orphan) == true ? "Orphan" : deep ? "Foreground" : "Background";
        await Api.DeleteAsync(kind.Path, item.Metadata, ct, policy);
    }

    // Gone is only what the API itself says is gone: a graph that lags behind must not delete anything.
    private async Task<V1ObjectMeta?> LookAsync(V1OwnerReference owner, string? @namespace, CancellationToken ct)
    {
        if (_graph.Find(owner.Uid) is { } known)
        {
            return known.Item.Metadata;
        }

        if (_graph.Kind(owner.ApiVersion, owner.Kind) is not { } kind)
        {
            return new V1ObjectMeta { Name = owner.Name, Uid = owner.Uid };
        }

        try
        {
            var path = kind.Path.Path(kind.Served.Namespaced ? @namespace : null, owner.Name);
            var live = await Api.SendAsync<MetadataOnly>(HttpMethod.Get, path, null, null, ct);
            return live.Metadata.Uid == owner.Uid ? live.Metadata : null;
        }
        catch (ClusterApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task RemoveFinalizerAsync(GraphKind kind, MetadataOnly item, string finalizer, CancellationToken ct)
    {
        var rest = item.Metadata.Finalizers.Where(other => other != finalizer).ToList();
        await PatchAsync(kind, item, new { metadata = new { uid = item.Metadata.Uid, resourceVersion = item.Metadata.ResourceVersion, finalizers = rest } }, ct);
    }

    private async Task PatchAsync(GraphKind kind, MetadataOnly item, object patch, CancellationToken ct)
    {
        try
        {
            await Api.SendAsync<MetadataOnly>(
                HttpMethod.Patch, kind.Path.Path(item.Metadata.NamespaceProperty, item.Metadata.Name), patch, "application/merge-patch+json", ct);
        }
        catch (ClusterApiException failure) when (failure.IsNotFound)
        {
        }
    }
}
