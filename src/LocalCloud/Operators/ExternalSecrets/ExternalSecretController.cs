using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>Makes Kubernetes secrets of what the stores hold, as the wishes say, and keeps them so.</summary>
internal sealed class ExternalSecretController : Controller
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromHours(1);
    private readonly ProviderData _provider;
    private readonly Informer<ExternalSecret> _wishes;
    private readonly Backoff _backoff;

    public ExternalSecretController(OperatorProcess process, StoreClients clients, bool withClusterStores)
        : base(process.Context, "external-secrets", workers: 4)
    {
        _provider = new ProviderData(clients);
        _backoff = new Backoff(Queue);
        _wishes = Watch<ExternalSecret>();
        Watch<V1Secret>(secret => TargetSecret.OwnerOf(secret) is { } owner ? [$"{secret.Metadata.NamespaceProperty}/{owner}"] : []);

        // A wish that waits for its store goes on as soon as the store is ready.
        Watch<SecretStore>(store => Waiting("SecretStore", store.Metadata.Name, store.Metadata.NamespaceProperty));
        if (withClusterStores)
        {
            Watch<ClusterSecretStore>(store => Waiting("ClusterSecretStore", store.Metadata.Name, null));
        }
    }

    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_wishes.Store.Find(key) is not { Metadata.DeletionTimestamp: null } wish)
        {
            _backoff.Forget(key);
            return;
        }

        var existing = await Api.FindAsync<V1Secret>(wish.Metadata.NamespaceProperty, wish.TargetName, ct);
        if (!IsDue(wish) && TargetSecret.IsIntact(existing))
        {
            Plan(key, wish);
            return;
        }

        try
        {
            await SyncAsync(key, wish, existing, ct);
            _backoff.Forget(key);
        }
        catch (StoreException failure)
        {
            // What the owner of a template or target did wrong has another heading than what the store refused.
            var message = failure.Message.StartsWith("error processing", StringComparison.Ordinal)
                ? "could not get secret data from provider"
                : failure.Message.StartsWith("target is owned", StringComparison.Ordinal) ? failure.Message : "could not update secret";
            Tell(wish, true, "UpdateFailed", failure.Message);
            await WriteAsync(wish, "False", "SecretSyncedError", message, synced: false, ct);
            _backoff.Again(key);
        }
    }

    private async Task SyncAsync(string key, ExternalSecret wish, V1Secret? existing, CancellationToken ct)
    {
        var data = await _provider.FetchAsync(wish, message => Tell(wish, false, "MissingProviderSecret", message), ct);
        var target = wish.Spec.Target ?? new ExternalSecretTarget();
        if (data.Count == 0 && (target.DeletionPolicy ?? "Retain") == "Retain")
        {
            await DoneAsync(key, wish, "SecretSynced", "secret retained due to DeletionPolicy=Retain", ct);
            return;
        }

        if (data.Count == 0 && target.DeletionPolicy == "Delete")
        {
            if (existing is not null && await Api.DeleteAsync(ResourcePath.Of<V1Secret>(), existing.Metadata, ct))
            {
                Tell(wish, false, "Deleted", "secret deleted due to DeletionPolicy=Delete");
            }

            await DoneAsync(key, wish, "SecretDeleted", "secret deleted due to DeletionPolicy=Delete", ct);
            return;
        }

        switch (target.CreationPolicy ?? "Owner")
        {
            case "None":
                break;
            case "Merge" when existing is null:
                await DoneAsync(key, wish, "SecretMissing", "secret will not be created due to CreationPolicy=Merge", ct);
                return;
            case "Owner":
                await DeleteFormerAsync(wish, ct);
                goto default;
            default:
                await WriteSecretAsync(wish, existing, data, ct);
                break;
        }

        await DoneAsync(key, wish, "SecretSynced", "secret synced", ct);
    }

    private async Task WriteSecretAsync(ExternalSecret wish, V1Secret? existing, Dictionary<string, byte[]> data, CancellationToken ct)
    {
        var secret = TargetSecret.Build(wish, existing, data);
        if (existing is null)
        {
            await Api.CreateAsync(secret, ct);
            Tell(wish, false, "Created", "secret created");
        }
        else if (!Facts.Same(existing, secret))
        {
            await Api.UpdateAsync(secret, ct);
            Tell(wish, false, "Updated", "secret updated");
        }
    }

    // The target's name may have been another one before.
    private async Task DeleteFormerAsync(ExternalSecret wish, CancellationToken ct)
    {
        var former = Context.Informers.For<V1Secret>().Store.List().Where(secret =>
            secret.Metadata.NamespaceProperty == wish.Metadata.NamespaceProperty
            && secret.Metadata.Name != wish.TargetName
            && TargetSecret.OwnerOf(secret) == wish.Metadata.Name);
        foreach (var secret in former)
        {
            await Api.DeleteAsync(ResourcePath.Of<V1Secret>(), secret.Metadata, ct);
        }
    }

    private async Task DoneAsync(string key, ExternalSecret wish, string reason, string message, CancellationToken ct)
    {
        await WriteAsync(wish, "True", reason, message, synced: true, ct);
        Plan(key, wish);
    }

    private async Task WriteAsync(ExternalSecret wish, string ready, string reason, string message, bool synced, CancellationToken ct)
    {
        var old = wish.Status ?? new ExternalSecretStatus();
        var condition = new StatusCondition { Type = "Ready", Status = ready, Reason = reason, Message = message, LastTransitionTime = Context.Now };
        var status = old with { Conditions = StatusCondition.With(old.Conditions, condition) };
        if (synced)
        {
            status = status with
            {
                RefreshTime = Context.Now,
                SyncedResourceVersion = VersionOf(wish),
                Binding = new V1LocalObjectReference { Name = wish.TargetName },
            };
        }
        else if (old.Conditions.SequenceEqual(status.Conditions))
        {
            return;
        }

        _wishes.Store.Observe(await Api.PatchAsync<ExternalSecret>(wish.Metadata, new { status }, PatchKind.Merge, ct, "status"));
    }

    private void Plan(string key, ExternalSecret wish)
    {
        var interval = IntervalOf(wish);
        if (interval > TimeSpan.Zero && wish.Spec.RefreshPolicy is null or "" or "Periodic")
        {
            Queue.AddAfter(key, interval);
        }
    }

    /// <summary>Whether the store has to be asked: never asked, changed since (an annotation is enough), or a while ago.</summary>
    private bool IsDue(ExternalSecret wish)
    {
        if (wish.Status is not { RefreshTime: { } refreshed, SyncedResourceVersion: { } synced })
        {
            return true;
        }

        var interval = IntervalOf(wish);
        return wish.Spec.RefreshPolicy switch
        {
            "CreatedOnce" => false,
            "OnChange" => synced != VersionOf(wish),
            _ => synced != VersionOf(wish) || (interval > TimeSpan.Zero && Context.Clock.GetUtcNow().UtcDateTime - refreshed.ToUniversalTime() >= interval),
        };
    }

    private static TimeSpan IntervalOf(ExternalSecret wish) => Flags.ParseDuration(wish.Spec.RefreshInterval) ?? DefaultInterval;

    private static string VersionOf(ExternalSecret wish) =>
        $"{wish.Metadata.Generation}-{Facts.Hash(new { wish.Metadata.Annotations, wish.Metadata.Labels })}";

    private IEnumerable<string> Waiting(string kind, string name, string? @namespace) => _wishes.Store.List()
        .Where(wish => (@namespace is null || wish.Metadata.NamespaceProperty == @namespace)
            && wish.Spec.SecretStoreRef is { } store && store.Name == name && (store.Kind ?? "SecretStore") == kind
            && wish.Status?.Conditions.Find(condition => condition.Type == "Ready") is not { Status: "True" })
        .Select(wish => ObjectStore<ExternalSecret>.KeyOf(wish.Metadata));
}
