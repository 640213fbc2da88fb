using k8s;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>How controllers make, find and delete the pods they own, with the events that go with it.</summary>
public sealed class PodControl
{
    private const string Owner = "owner";
    private const string Namespace = "namespace";
    private readonly ControllerContext _context;
    private readonly string _component;

    /// <summary>For one controller.</summary>
    public PodControl(ControllerContext context, string component)
    {
        _context = context;
        _component = component;
        Pods = context.Informers.For<V1Pod>();
        Pods.Store.AddIndex(Owner, Facts.OwnerUids);
        Pods.Store.AddIndex(Namespace, pod => [pod.Metadata.NamespaceProperty]);
    }

    /// <summary>All pods.</summary>
    public Informer<V1Pod> Pods { get; }

    /// <summary>The pods of an owner; those that fit its selector and have none are taken in, those that fit no longer are let go.</summary>
    public async Task<List<V1Pod>> ClaimAsync(IKubernetesObject<V1ObjectMeta> owner, V1LabelSelector selector, CancellationToken ct)
    {
        var mine = new List<V1Pod>();
        foreach (var pod in Pods.Store.List(Owner, owner.Metadata.Uid))
        {
            if (Facts.Matches(selector, pod.Metadata.Labels))
            {
                mine.Add(pod);
            }
            else if (owner.Metadata.DeletionTimestamp is null)
            {
                await PatchOwnersAsync(pod, pod.Metadata.OwnerReferences.Where(reference => reference.Uid != owner.Metadata.Uid), ct);
            }
        }

        if (owner.Metadata.DeletionTimestamp is null)
        {
            foreach (var orphan in Pods.Store.List(Namespace, owner.Metadata.NamespaceProperty))
            {
                if (Facts.Controller(orphan) is null && !Pods.Store.IsDoomed(orphan) && !Facts.IsFinished(orphan)
                    && Facts.Matches(selector, orphan.Metadata.Labels))
                {
                    mine.Add(await PatchOwnersAsync(orphan, (orphan.Metadata.OwnerReferences ?? []).Append(Facts.Reference(owner)), ct));
                }
            }
        }

        return mine;
    }

    /// <summary>Whether a pod still counts: it has not ended and nobody asked it to.</summary>
    public bool IsActive(V1Pod pod) => !Facts.IsFinished(pod) && !Pods.Store.IsDoomed(pod);

    /// <summary>A pod after a template, not yet created.</summary>
    public static V1Pod FromTemplate(IKubernetesObject<V1ObjectMeta> owner, V1PodTemplateSpec template, string? name = null)
    {
        var prefix = owner.Metadata.Name.Length > 57 ? owner.Metadata.Name[..57] : owner.Metadata.Name;
        return new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Name = name ?? $"{prefix}-{Facts.Suffix()}",
                GenerateName = name is null ? $"{owner.Metadata.Name}-" : null,
                NamespaceProperty = owner.Metadata.NamespaceProperty,
                Labels = template.Metadata?.Labels is { } labels ? new Dictionary<string, string>(labels) : [],
                Annotations = template.Metadata?.Annotations is { } annotations ? new Dictionary<string, string>(annotations) : null,
                Finalizers = template.Metadata?.Finalizers,
                OwnerReferences = [Facts.Reference(owner)],
            },
            Spec = Facts.Copy(template.Spec),
        };
    }

    /// <summary>Creates a pod; a refusal is told as an event and thrown.</summary>
    public async Task<V1Pod> CreateAsync(IKubernetesObject<V1ObjectMeta> owner, V1Pod pod, CancellationToken ct)
    {
        try
        {
            var created = await _context.Api.CreateAsync(pod, ct);
            created.Metadata.ManagedFields = null;
            Pods.Store.Observe(created);
            _context.Events.Tell(owner, _component, "Normal", "SuccessfulCreate", $"Created pod: {created.Metadata.Name}");
            return created;
        }
        catch (ClusterApiException failure) when (!failure.IsNamespaceTerminating && !failure.IsAlreadyExists)
        {
            _context.Events.Tell(owner, _component, "Warning", "FailedCreate", $"Error creating: {failure.Message}");
            throw;
        }
    }

    /// <summary>Asks a pod to end; its deletion is over when the kubelet says so.</summary>
    public async Task DeleteAsync(IKubernetesObject<V1ObjectMeta> owner, V1Pod pod, CancellationToken ct)
    {
        Pods.Store.Doom(pod);
        if (await _context.Api.DeleteAsync(ResourcePath.Of<V1Pod>(), pod.Metadata, ct))
        {
            _context.Events.Tell(owner, _component, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
        }
    }

    /// <summary>The key of the owner of that kind, for the work queue.</summary>
    public static IEnumerable<string> OwnerKeys(IMetadata<V1ObjectMeta> item, string kind) =>
        Facts.Controller(item) is { } owner && owner.Kind == kind ? [$"{item.Metadata.NamespaceProperty}/{owner.Name}"] : [];

    private async Task<V1Pod> PatchOwnersAsync(V1Pod pod, IEnumerable<V1OwnerReference> owners, CancellationToken ct)
    {
        var patch = new { metadata = new { uid = pod.Metadata.Uid, ownerReferences = owners.ToList() } };
        var patched = await _context.Api.PatchAsync<V1Pod>(pod.Metadata, patch, PatchKind.Merge, ct);
        Pods.Store.Observe(patched);
        return patched;
    }
}
