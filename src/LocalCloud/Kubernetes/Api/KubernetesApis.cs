namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Starts the API of a cluster: the real server where its binaries are at hand, else the project's own.</summary>
public static class KubernetesApis
{
    /// <summary>Looks at <c>KUBEBUILDER_ASSETS</c>; the API answers when this returns.</summary>
    public static async Task<IKubernetesApi> StartAsync(KubernetesApiOptions options, CancellationToken ct) =>
        RealApiServer.FindAssets(Environment.GetEnvironmentVariable(RealApiServer.AssetsVariable)) is { } assets
            ? await RealApiServer.StartAsync(options, assets, ct)
            : await KubernetesApiServer.StartAsync(options, ct);
}
