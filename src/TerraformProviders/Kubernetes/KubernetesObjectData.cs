using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>The data source of one of the <see cref="ObjectKinds"/>.</summary>
internal sealed class KubernetesObjectData(KubernetesProvider provider, ObjectKind kind, string type) : DataSource
{
    /// <inheritdoc/>
    public override string Type => type;

    /// <inheritdoc/>
    public override async Task ReadAsync(TfObject state, CancellationToken ct)
    {
        var (ns, name) = ObjectMetadata.Address(kind, state);
        var api = await provider.ApiAsync(ct);
        var live = (await api.SendAsync(HttpMethod.Get, kind.Path(ns, name), null, null, ct)).OrThrow();

        var wanted = state.Copy();
        state["metadata"] = TfValue.Null;
        ObjectState.Read(Schema, kind, live, state);
        foreach (var asked in wanted.Where(entry => ObjectState.IsInstruction(entry.Key) && entry.Key != "id"))
        {
            state[asked.Key] = asked.Value;
        }
    }
}
