using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Kubernetes.Access;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>
/// An object of one of the <see cref="ObjectKinds"/>. Its blocks are written as the API's object; an update is a merge
/// patch from what the state had to what is planned, so that fields of other owners stay.
/// </summary>
internal sealed class KubernetesObject(KubernetesProvider provider, ObjectKind kind, string type) : Resource
{
    // How long the real provider waits for a deletion, unless the type's timeouts block says otherwise.
    private static readonly TimeSpan DeleteWithin = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public override string Type => type;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ForceNew => field ??=
    [
        .. ((string[])["name", "generate_name", "namespace"]).Where(HasMetadata).Select(name => $"metadata.{name}"),
        .. kind.Immutable,
    ];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = kind.Namespaced
        ? new Dictionary<string, TfValue>(kind.Defaults) { ["metadata.namespace"] = "default" }
        : kind.Defaults;

    /// <inheritdoc/>
    public override async Task CreateAsync(ResourceChange change, CancellationToken ct)
    {
        var api = await provider.ApiAsync(ct);
        var body = Body(change.State, change.Config);
        var live = await api.PostAsync(kind.Collection($"{body["metadata"]?["namespace"]}"), body, ct);
        change.State["id"] = ObjectMetadata.Id(kind, live);
        await Rollout.WaitAsync(api, kind, live, change, "create", ct);
    }

    /// <inheritdoc/>
    public override async Task<bool> ReadAsync(TfObject state, CancellationToken ct)
    {
        var (ns, name) = ObjectMetadata.Address(kind, state);
        var api = await provider.ApiAsync(ct);
        if (await api.GetAsync(kind.Path(ns, name), ct) is not { } live)
        {
            return false;
        }

        ObjectState.Read(Schema, kind, live, state);
        return true;
    }

    /// <inheritdoc/>
    public override async Task UpdateAsync(ResourceChange change, CancellationToken ct)
    {
        var api = await provider.ApiAsync(ct);
        var patch = MergePatch.Between(Body(change.Prior!, new TfObject()), Body(change.State, change.Config));
        if (patch.Count > 0)
        {
            var (ns, name) = ObjectMetadata.Address(kind, change.Prior!);
            var live = await api.PatchAsync(kind.Path(ns, name), patch, KubernetesApi.MergePatch, ct);
            await Rollout.WaitAsync(api, kind, live, change, "update", ct);
        }
    }

    /// <inheritdoc/>
    public override async Task DeleteAsync(ResourceChange change, CancellationToken ct)
    {
        var (ns, name) = ObjectMetadata.Address(kind, change.State);
        var api = await provider.ApiAsync(ct);
        await api.DeleteAsync(kind.Path(ns, name), ct);

        var timeout = change.Timeout("delete", DeleteWithin);
        var deadline = TimeProvider.System.GetUtcNow() + timeout;
        var uid = change.State.Block("metadata")?.String("uid");
        while (await api.GetAsync(kind.Path(ns, name), ct) is { } left && (uid is null || $"{left["metadata"]?["uid"]}" == uid))
        {
            if (TimeProvider.System.GetUtcNow() > deadline)
            {
                var last = $"{left["status"]?["phase"] ?? "Terminating"}";
                throw new ProviderException(
                    $"timeout while waiting for resource to be gone (last state: '{last}', timeout: {GoDuration.Write(timeout)})");
            }

            await Task.Delay(PollEvery, TimeProvider.System, ct);
        }
    }

    private bool HasMetadata(string name) =>
        Schema.Block.BlockTypes.Single(nested => nested.TypeName == "metadata").Block.Attributes.Any(attribute => attribute.Name == name);

    private JsonObject Body(TfObject state, TfObject config)
    {
        var body = ObjectWriter.Write(Schema.Block, state, ObjectState.IsInstruction);
        body["apiVersion"] = kind.ApiVersion;
        body["kind"] = kind.Kind;
        if (kind.Kind == "Secret")
        {
            SecretContent.Write(state, config, body);
        }

        return body;
    }
}
