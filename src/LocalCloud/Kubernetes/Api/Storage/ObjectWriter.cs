using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>
/// Creates and changes objects: metadata, defaults, admission, validation, field owners, then the store, in the real server's order.
/// </summary>
internal sealed class ObjectWriter(ClusterState state)
{
    private const int Attempts = 50;

    /// <summary>Creates an object. It carries its type's apiVersion and kind already.</summary>
    public async Task<JsonObject> CreateAsync(WriteRequest request, JsonObject value, string operation,
        CancellationToken ct)
    {
        var type = request.Type;
        Metadata.BeforeCreate(request, value, state.Now);
        NamespaceLifecycle.DemandOpen(state, type, request.Namespace, value.Text("metadata", "name")!);
        ObjectRules.Default(state, type, value, null);
        ObjectRules.PrepareCreate(state, type, value);
        BuiltInAdmission.OnCreate(state, request, value);
        value = await state.Webhooks.MutateAsync(request, "CREATE", value, null, ct);
        ObjectRules.Default(state, type, value, null);
        Metadata.KeepIdentity(value, request.Namespace, state.Now);
        Demand(type, value, ObjectRules.Validate(state, type, value, null));
        if (operation != "Apply")
        {
            FieldOwnership.Update(type, null, value, request.Entry(operation, state.Now));
        }

        await state.Webhooks.ValidateAsync(request, "CREATE", value, null, ct);
        if (request.DryRun)
        {
            if (state.Store.Get(type.Storage, request.Namespace, value.Text("metadata", "name")!) is not null)
            {
                throw ApiErrors.AlreadyExists(type, value.Text("metadata", "name")!);
            }

            return value;
        }

        using var reservation = state.Addresses.Reserve(state, type, value, null);
        var stored = state.Store.Create(type.Storage, ToStored(type, value))
            ?? throw ApiErrors.AlreadyExists(type, value.Text("metadata", "name")!);
        request.Wrote = true;
        state.Definitions.Changed(type, stored);
        return type.Present(stored.Value);
    }

    /// <summary>Changes an object: <paramref name="change"/> makes the new value of the current one, and may be asked again when another writer was faster.</summary>
    public async Task<JsonObject> UpdateAsync(WriteRequest request, string operation, Func<JsonObject,
        JsonObject> change, CancellationToken ct)
    {
        var type = request.Type;
        for (var attempt = 0; ; attempt++)
        {
            var current = state.Store.Get(type.Storage, request.Namespace, request.Name)
                ?? throw ApiErrors.NotFound(type, request.Name);
            var before = type.Present(current.Value);
            var value = change(before);
            Metadata.BeforeUpdate(type, before, value);
            ObjectRules.Default(state, type, value, before);
            ObjectRules.PrepareUpdate(state, request, value, before);
            value = await state.Webhooks.MutateAsync(request, "UPDATE", value, before, ct);
            ObjectRules.Default(state, type, value, before);
            Metadata.KeepIdentity(value, before);
            Metadata.Generation(type, before, value);
            Demand(type, value, ObjectRules.Validate(state, type, value, before));
            if (operation != "Apply")
            {
                FieldOwnership.Update(type, before, value, request.Entry(operation, state.Now));
            }

            await state.Webhooks.ValidateAsync(request, "UPDATE", value, before, ct);
            if (request.DryRun || Metadata.SaysTheSame(before, value))
            {
                return request.DryRun ? value : before;
            }

            using var reservation = state.Addresses.Reserve(state, type, value, before);
            var stored = Metadata.IsFinished(type, value)
                ? state.Store.Delete(type.Storage, current, ToStored(type, value))
                : state.Store.Replace(type.Storage, current, ToStored(type, value));
            if (stored is not null)
            {
                request.Wrote = true;
                state.Definitions.Changed(type, stored);
                return type.Present(stored.Value);
            }

            if (attempt >= Attempts)
            {
                throw ApiErrors.Modified(type, request.Name);
            }
        }
    }

    private static JsonObject ToStored(ResourceType type, JsonObject value)
    {
        if (type.ToStored is not null)
        {
            return type.ToStored(value);
        }

        if (type.IsCustom && CustomResources.StorageVersion(type.Definition!) is { } version && version != type.Version)
        {
            value["apiVersion"] = $"{type.Group}/{version}";
        }

        return value;
    }

    private static void Demand(ResourceType type, JsonObject value, List<FieldError> errors)
    {
        if (errors.Count > 0)
        {
            throw ApiErrors.Invalid(type, value.Text("metadata", "name") ?? "", errors);
        }
    }
}
