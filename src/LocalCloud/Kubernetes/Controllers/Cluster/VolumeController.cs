using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Cluster;

/// <summary>
/// Binds claims to volumes: one that is there and fits, or a new one where the storage class (the default one when the claim names
/// none) exists. The volumes hold nothing; a volume goes with its claim unless its policy is to be kept.
/// </summary>
public sealed class VolumeController : Controller
{
    private const string DefaultClass = "storageclass.kubernetes.io/is-default-class";
    private const string Provisioned = "pv.kubernetes.io/provisioned-by";
    private readonly Informer<V1PersistentVolumeClaim> _claims;
    private readonly Informer<V1PersistentVolume> _volumes;
    private readonly Informer<V1StorageClass> _classes;

    /// <summary>For one cluster.</summary>
    public VolumeController(ControllerContext context)
        : base(context, "persistentvolume-controller", workers: 1)
    {
        _claims = Watch<V1PersistentVolumeClaim>();
        _volumes = Watch<V1PersistentVolume>(volume => volume.Spec.ClaimRef is { } claim ? [$"{claim.NamespaceProperty}/{claim.Name}"] : []);
        _classes = context.Informers.For<V1StorageClass>();
        _classes.OnChange((_, _) => _claims.Store.List().ForEach(claim => Queue.Add(ObjectStore<V1PersistentVolumeClaim>.KeyOf(claim.Metadata))));
    }

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_claims.Store.Find(key) is not { } claim)
        {
            await ReleaseAsync(key, ct);
            return;
        }

        if (claim.Metadata.DeletionTimestamp is not null)
        {
            await UnprotectAsync(claim, ct);
            return;
        }

        if (claim.Status?.Phase == "Bound")
        {
            return;
        }

        var volume = _volumes.Store.List().Find(candidate => Fits(claim, candidate)) ?? await ProvisionAsync(claim, ct);
        if (volume is not null)
        {
            await BindAsync(claim, volume, ct);
        }
        else if (claim.Status?.Phase is null)
        {
            await Api.UpdateAsync(claim with { Status = new V1PersistentVolumeClaimStatus { Phase = "Pending" } }, ct, "status");
        }
    }

    private static bool Fits(V1PersistentVolumeClaim claim, V1PersistentVolume volume)
    {
        if (volume.Spec.ClaimRef is { } taken)
        {
            return taken.Name == claim.Metadata.Name && taken.NamespaceProperty == claim.Metadata.NamespaceProperty
                && (string.IsNullOrEmpty(taken.Uid) || taken.Uid == claim.Metadata.Uid);
        }

        return volume.Status?.Phase is null or "Available" or "Pending"
            && (volume.Spec.StorageClassName ?? "") == (claim.Spec.StorageClassName ?? "")
            && claim.Spec.AccessModes.All(mode => volume.Spec.AccessModes.Contains(mode))
            && (claim.Spec.Selector is null || Facts.Matches(claim.Spec.Selector, volume.Metadata.Labels))
            && volume.Spec.Capacity["storage"].ToDecimal() >= claim.Spec.Resources.Requests["storage"].ToDecimal();
    }

    private async Task<V1PersistentVolume?> ProvisionAsync(V1PersistentVolumeClaim claim, CancellationToken ct)
    {
        var name = claim.Spec.StorageClassName;
        var @class = name is null
            ? _classes.Store.List().Find(item => item.Metadata.Annotations is { } notes && notes.TryGetValue(DefaultClass, out var yes) && yes == "true")
            : _classes.Store.Find(name);
        if (@class is null || !string.IsNullOrEmpty(claim.Spec.VolumeName))
        {
            var message = string.IsNullOrEmpty(name)
                ? "no persistent volumes available for this claim and no storage class is set"
                : $"storageclass.storage.k8s.io \"{name}\" not found";
            Tell(claim, !string.IsNullOrEmpty(name), string.IsNullOrEmpty(name) ? "FailedBinding" : "ProvisioningFailed", message);
            return null;
        }

        var wanted = new V1PersistentVolume
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"pvc-{claim.Metadata.Uid}",
                Annotations = new Dictionary<string, string> { [Provisioned] = @class.Provisioner },
            },
            Spec = new V1PersistentVolumeSpec
            {
                AccessModes = claim.Spec.AccessModes,
                Capacity = new Dictionary<string, ResourceQuantity> { ["storage"] = claim.Spec.Resources.Requests["storage"] },
                StorageClassName = @class.Metadata.Name,
                PersistentVolumeReclaimPolicy = @class.ReclaimPolicy ?? "Delete",
                VolumeMode = claim.Spec.VolumeMode,
                ClaimRef = Reference(claim),
                HostPath = new V1HostPathVolumeSource { Path = $"/var/lib/local-cloud/pvc-{claim.Metadata.Uid}" },
            },
        };
        try
        {
            var created = await Api.CreateAsync(wanted, ct);
            _volumes.Store.Observe(created);
            Tell(claim, false, "ProvisioningSucceeded", $"Successfully provisioned volume {created.Metadata.Name}");
            return created;
        }
        catch (ClusterApiException failure) when (failure.IsAlreadyExists)
        {
            return await Api.FindAsync<V1PersistentVolume>(null, wanted.Metadata.Name, ct);
        }
    }

    private async Task BindAsync(V1PersistentVolumeClaim claim, V1PersistentVolume volume, CancellationToken ct)
    {
        if (volume.Spec.ClaimRef?.Uid != claim.Metadata.Uid)
        {
            volume = await Api.UpdateAsync(volume with { Spec = volume.Spec with { ClaimRef = Reference(claim) } }, ct);
        }

        if (volume.Status?.Phase != "Bound")
        {
            volume = await Api.UpdateAsync(volume with { Status = new V1PersistentVolumeStatus { Phase = "Bound" } }, ct, "status");
            _volumes.Store.Observe(volume);
        }

        var annotations = new Dictionary<string, string> { ["pv.kubernetes.io/bind-completed"] = "yes" };
        var bound = await Api.PatchAsync<V1PersistentVolumeClaim>(
            claim.Metadata,
            new { metadata = new { uid = claim.Metadata.Uid, annotations }, spec = new { volumeName = volume.Metadata.Name } },
            PatchKind.Merge,
            ct);
        var status = new V1PersistentVolumeClaimStatus { Phase = "Bound", AccessModes = volume.Spec.AccessModes, Capacity = volume.Spec.Capacity };
        _claims.Store.Observe(await Api.UpdateAsync(bound with { Status = status }, ct, "status"));
    }

    // The API protects claims with a finalizer; without a pod that uses it, it may go.
    private async Task UnprotectAsync(V1PersistentVolumeClaim claim, CancellationToken ct)
    {
        const string Protection = "kubernetes.io/pvc-protection";
        if (claim.Metadata.Finalizers?.Contains(Protection) != true)
        {
            return;
        }

        var used = Context.Informers.For<V1Pod>().Store.List().Exists(pod =>
            pod.Metadata.NamespaceProperty == claim.Metadata.NamespaceProperty && !Facts.IsFinished(pod)
            && pod.Spec.Volumes?.Any(volume => volume.PersistentVolumeClaim?.ClaimName == claim.Metadata.Name) == true);
        if (used)
        {
            Queue.AddAfter(ObjectStore<V1PersistentVolumeClaim>.KeyOf(claim.Metadata), TimeSpan.FromSeconds(1));
            return;
        }

        var rest = claim.Metadata.Finalizers.Where(finalizer => finalizer != Protection).ToList();
        await Api.PatchAsync<V1PersistentVolumeClaim>(
            claim.Metadata,
            new { metadata = new { uid = claim.Metadata.Uid, resourceVersion = claim.Metadata.ResourceVersion, finalizers = rest } },
            PatchKind.Merge,
            ct);
    }

    private async Task ReleaseAsync(string key, CancellationToken ct)
    {
        foreach (var volume in _volumes.Store.List().Where(volume =>
            volume.Spec.ClaimRef is { } claim && $"{claim.NamespaceProperty}/{claim.Name}" == key && volume.Status?.Phase == "Bound"))
        {
            if (volume.Spec.PersistentVolumeReclaimPolicy == "Delete")
            {
                await DeleteAsync(volume, ct);
            }
            else
            {
                _volumes.Store.Observe(await Api.UpdateAsync(volume with { Status = new V1PersistentVolumeStatus { Phase = "Released" } }, ct, "status"));
            }
        }
    }

    private async Task DeleteAsync(V1PersistentVolume volume, CancellationToken ct)
    {
        if (volume.Metadata.Finalizers is { Count: > 0 })
        {
            var patch = new { metadata = new { uid = volume.Metadata.Uid, finalizers = Array.Empty<string>() } };
            volume = await Api.PatchAsync<V1PersistentVolume>(volume.Metadata, patch, PatchKind.Merge, ct);
        }

        await Api.DeleteAsync(ResourcePath.Of<V1PersistentVolume>(), volume.Metadata, ct);
    }

    private static V1ObjectReference Reference(V1PersistentVolumeClaim claim) => new()
    {
        ApiVersion = "v1",
        Kind = "PersistentVolumeClaim",
        Name = claim.Metadata.Name,
        NamespaceProperty = claim.Metadata.NamespaceProperty,
        Uid = claim.Metadata.Uid,
    };
}
