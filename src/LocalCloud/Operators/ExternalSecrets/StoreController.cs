using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>Says of each store whether it can be used, after really asking AWS.</summary>
internal sealed class StoreController<T> : Controller
    where T : class, ISecretStore
{
    private readonly StoreClients _clients;
    private readonly Informer<T> _stores;
    private readonly Backoff _backoff;
    private readonly TimeSpan _interval;

    public StoreController(OperatorProcess process, StoreClients clients, string name)
        : base(process.Context, name)
    {
        _clients = clients;
        _interval = process.Flags.Duration("store-requeue-interval", TimeSpan.FromMinutes(5));
        _backoff = new Backoff(Queue);
        _stores = Watch<T>();
    }

    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_stores.Store.Find(key) is not { Metadata.DeletionTimestamp: null } store || !_clients.IsOurs(store))
        {
            _backoff.Forget(key);
            return;
        }

        try
        {
            await _clients.OpenAsync(store, store.Metadata.NamespaceProperty ?? "", ct);
        }
        catch (StoreException failure)
        {
            await FailAsync(key, store, "unable to create client", failure, ct);
            return;
        }

        try
        {
            await _clients.ValidateAsync(store, ct);
        }
        catch (StoreException failure)
        {
            await FailAsync(key, store, "unable to validate store", failure, ct);
            return;
        }

        await WriteAsync(store, new StatusCondition { Type = "Ready", Status = "True", Reason = "Valid", Message = "store validated" }, "ReadWrite", ct);
        Tell(store, false, "Valid", "store validated");
        _backoff.Forget(key);
        Queue.AddAfter(key, store.Spec?.RefreshInterval is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : _interval);
    }

    private async Task FailAsync(string key, T store, string message, StoreException failure, CancellationToken ct)
    {
        Tell(store, true, "InvalidProviderConfig", failure.Message);
        await WriteAsync(
            store,
            new StatusCondition { Type = "Ready", Status = "False", Reason = "InvalidProviderConfig", Message = message },
            store.Status?.Capabilities,
            ct);
        _backoff.Again(key);
    }

    private async Task WriteAsync(T store, StatusCondition condition, string? capabilities, CancellationToken ct)
    {
        var old = store.Status ?? new SecretStoreStatus();
        var conditions = StatusCondition.With(old.Conditions, condition with { LastTransitionTime = Context.Now });
        if (old.Capabilities == capabilities && old.Conditions.SequenceEqual(conditions))
        {
            return;
        }

        var status = new SecretStoreStatus { Capabilities = capabilities, Conditions = conditions };
        _stores.Store.Observe(await Api.PatchAsync<T>(store.Metadata, new { status }, PatchKind.Merge, ct, "status"));
    }
}
