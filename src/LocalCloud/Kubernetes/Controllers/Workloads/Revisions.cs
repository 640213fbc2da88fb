using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>The templates that a StatefulSet or DaemonSet has had, kept as ControllerRevisions so that <c>kubectl rollout undo</c> finds them.</summary>
public sealed class Revisions
{
    /// <summary>The label by which a pod names its revision.</summary>
    public const string Label = "controller-revision-hash";

    private readonly ControllerContext _context;
    private readonly Informer<V1ControllerRevision> _informer;

    /// <summary>For one controller.</summary>
    public Revisions(ControllerContext context)
    {
        _context = context;
        _informer = context.Informers.For<V1ControllerRevision>();
        _informer.Store.AddIndex("owner", Facts.OwnerUids);
    }

    /// <summary>The revision of the present template, made if it is new, and all there are, oldest first.</summary>
    public async Task<(V1ControllerRevision Current, IReadOnlyList<V1ControllerRevision> All)> EnsureAsync(
        IKubernetesObject<V1ObjectMeta> owner, V1PodTemplateSpec template, V1LabelSelector selector, bool hashOnly, CancellationToken ct)
    {
        await AdoptAsync(owner, selector, ct);
        var all = _informer.Store.List("owner", owner.Metadata.Uid).OrderBy(revision => revision.Revision).ToList();
        var data = Data(template);
        var last = all.Count == 0 ? 0 : all[^1].Revision;
        var known = all.Find(revision => JsonNode.DeepEquals(Facts.Json(revision.Data), data));
        if (known is not null && known.Revision == last)
        {
            return (known, all);
        }

        if (known is not null)
        {
            // Back to an earlier template: it becomes the newest.
            var renewed = await _context.Api.PatchAsync<V1ControllerRevision>(known.Metadata, new { revision = last + 1 }, PatchKind.Merge, ct);
            _informer.Store.Observe(renewed);
            all.Remove(known);
            return (renewed, [.. all, renewed]);
        }

        var hash = Facts.Hash(data);
        var created = await _context.Api.CreateAsync(
            new V1ControllerRevision
            {
                Metadata = new V1ObjectMeta
                {
                    Name = $"{owner.Metadata.Name}-{hash}",
                    NamespaceProperty = owner.Metadata.NamespaceProperty,
                    Labels = new Dictionary<string, string>(template.Metadata?.Labels ?? new Dictionary<string, string>())
                    {
                        [Label] = hashOnly ? hash : $"{owner.Metadata.Name}-{hash}",
                    },
                    OwnerReferences = [Facts.Reference(owner)],
                },
                Data = data,
                Revision = last + 1,
            },
            ct);
        created.Metadata.ManagedFields = null;
        _informer.Store.Observe(created);
        return (created, [.. all, created]);
    }

    // As with pods: those of an owner that was deleted without them, and that fit, are taken in.
    private async Task AdoptAsync(IKubernetesObject<V1ObjectMeta> owner, V1LabelSelector selector, CancellationToken ct)
    {
        foreach (var orphan in _informer.Store.List())
        {
            if (orphan.Metadata.NamespaceProperty == owner.Metadata.NamespaceProperty && Facts.Controller(orphan) is null
                && !_informer.Store.IsDoomed(orphan) && Facts.Matches(selector, orphan.Metadata.Labels))
            {
                var owners = (orphan.Metadata.OwnerReferences ?? []).Append(Facts.Reference(owner)).ToList();
                _informer.Store.Observe(await _context.Api.PatchAsync<V1ControllerRevision>(
                    orphan.Metadata, new { metadata = new { uid = orphan.Metadata.Uid, ownerReferences = owners } }, PatchKind.Merge, ct));
            }
        }
    }

    /// <summary>The template of a revision.</summary>
    public static V1PodTemplateSpec Template(V1ControllerRevision revision) =>
        KubernetesJson.Deserialize<V1PodTemplateSpec>(Facts.Json(revision.Data)!["spec"]!["template"]!.ToJsonString());

    /// <summary>Deletes the oldest that no pod is of, down to the limit.</summary>
    public async Task CleanUpAsync(IReadOnlyList<V1ControllerRevision> all, IReadOnlySet<string> inUse, int limit, CancellationToken ct)
    {
        var idle = all.Where(revision => !inUse.Contains(revision.Metadata.Labels[Label]) && !_informer.Store.IsDoomed(revision)).ToList();
        foreach (var revision in idle.Take(Math.Max(0, idle.Count - limit)))
        {
            _informer.Store.Doom(revision);
            await _context.Api.DeleteAsync(ResourcePath.Of<V1ControllerRevision>(), revision.Metadata, ct);
        }
    }

    private static JsonObject Data(V1PodTemplateSpec template)
    {
        var copy = Facts.Json(template)!.AsObject();
        copy["$patch"] = "replace";
        return new JsonObject { ["spec"] = new JsonObject { ["template"] = copy } };
    }
}
