using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>The stand-in for hashicorp/kubernetes.</summary>
internal sealed class KubernetesProvider : Provider
{
    /// <inheritdoc/>
    public override string Name => "kubernetes";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Func<Resource>> Resources { get; } = new Dictionary<string, Func<Resource>>();

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Func<DataSource>> DataSources { get; } = new Dictionary<string, Func<DataSource>>();

    /// <inheritdoc/>
    public override Task ConfigureAsync(TfObject config, CancellationToken ct) => Task.CompletedTask;
}
