using Mayfly.TerraformProviders.Resources;

namespace Mayfly.TerraformProviders;

/// <summary>The providers by the name that the executable is started with.</summary>
public static class Providers
{
    private static readonly Dictionary<string, Func<Provider>> All = new()
    {
        ["aws"] = () => new Aws.AwsProvider(),
        ["kubernetes"] = () => new Kubernetes.KubernetesProvider(),
        ["helm"] = () => new Helm.HelmProvider(),
    };

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>A provider, or null when there is none of that name.</summary>
    public static Provider? Create(string name) => All.GetValueOrDefault(name)?.Invoke();
}
