using Mayfly.TerraformProviders.Kubernetes.Access;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Helm;

/// <summary>
/// The stand-in for hashicorp/helm. The helm binary does the work (<c>MAYFLY_HELM</c>, else <c>helm</c> on the PATH); what
/// is only read comes from the release records in the cluster, without starting it.
/// </summary>
internal sealed class HelmProvider : Provider
{
    private readonly SemaphoreSlim connecting = new(1, 1);
    private TfObject config = [];
    private ClusterAccess? access;
    private KubernetesApi? api;

    /// <inheritdoc/>
    public override string Name => "helm";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Func<Resource>> Resources => new Dictionary<string, Func<Resource>>
    {
        ["helm_release"] = () => new HelmRelease(this),
    };

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Func<DataSource>> DataSources { get; } = new Dictionary<string, Func<DataSource>>();

    /// <summary>Where releases are recorded: secret or configmap.</summary>
    public string Driver => config.String("helm_driver") ?? Environment.GetEnvironmentVariable("HELM_DRIVER") ?? "secret";

    /// <summary>The provider block.</summary>
    public TfObject Config => config;

    /// <inheritdoc/>
    public override Task ConfigureAsync(TfObject config, CancellationToken ct)
    {
        this.config = config;
        if (Driver.TrimEnd('s') is not ("secret" or "configmap"))
        {
            throw new ProviderException(
                $"the helm driver \"{Driver}\" is not supported", "Releases are recorded in the cluster: secret or configmap.", "helm_driver");
        }

        return Task.CompletedTask;
    }

    /// <summary>How to reach the cluster.</summary>
    public async Task<ClusterAccess> AccessAsync(CancellationToken ct)
    {
        await connecting.WaitAsync(ct);
        try
        {
            return access ??= await new ClusterSettings(config.Block("kubernetes") ?? []).ResolveAsync(ct);
        }
        finally
        {
            connecting.Release();
        }
    }

    /// <summary>The latest record of a release, or null.</summary>
    public async Task<ReleaseRecord?> LatestAsync(string ns, string name, CancellationToken ct)
    {
        var reachable = await AccessAsync(ct);
        api ??= new KubernetesApi(reachable);
        try
        {
            return await ReleaseRecord.LatestAsync(api, Driver.TrimEnd('s') + "s", ns, name, ct);
        }
        catch (ProviderException e) when (e.Message.Contains("://", StringComparison.Ordinal))
        {
            throw new ProviderException($"Kubernetes cluster unreachable: {e.Message}");
        }
    }
}
