using Mayfly.TerraformProviders.Kubernetes.Access;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>The stand-in for hashicorp/kubernetes.</summary>
internal sealed class KubernetesProvider : Provider
{
    private readonly SemaphoreSlim connecting = new(1, 1);
    private readonly Dictionary<string, Func<Resource>> resources = [];
    private readonly Dictionary<string, Func<DataSource>> dataSources = [];
    private ClusterSettings settings = new([]);
    private KubernetesApi? api;

    /// <summary>A provider that is not configured yet.</summary>
    public KubernetesProvider()
    {
        foreach (var kind in ObjectKinds.All)
        {
            Add($"kubernetes_{kind.Name}_v1", kind);
            if (kind.HasUnversionedName)
            {
                Add($"kubernetes_{kind.Name}", kind);
            }
        }

        resources["kubernetes_manifest"] = () => new Manifest(this);
    }

    /// <inheritdoc/>
    public override string Name => "kubernetes";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Func<Resource>> Resources => resources;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Func<DataSource>> DataSources => dataSources;

    /// <summary>Whether the block hangs on what is still to be created.</summary>
    public bool IsUnknown => settings.IsUnknown;

    /// <inheritdoc/>
    public override Task ConfigureAsync(TfObject config, CancellationToken ct)
    {
        settings = new ClusterSettings(config);
        return Task.CompletedTask;
    }

    /// <summary>The cluster's API.</summary>
    public async Task<KubernetesApi> ApiAsync(CancellationToken ct)
    {
        await connecting.WaitAsync(ct);
        try
        {
            return api ??= new KubernetesApi(await settings.ResolveAsync(ct));
        }
        finally
        {
            connecting.Release();
        }
    }

    private void Add(string type, ObjectKind kind)
    {
        resources[type] = () => new KubernetesObject(this, kind, type);
        if (kind.HasDataSource)
        {
            dataSources[type] = () => new KubernetesObjectData(this, kind, type);
        }
    }
}
