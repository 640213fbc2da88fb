namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The API of one cluster, whoever serves it: the project's own server or the real one.</summary>
public interface IKubernetesApi : IAsyncDisposable
{
    /// <summary>Where it answers.</summary>
    Uri Endpoint { get; }

    /// <summary>The authority behind its certificate.</summary>
    string AuthorityPem { get; }

    /// <summary>The connection of the cluster's own controllers, as a member of <c>system:masters</c>.</summary>
    ClusterConnection Admin { get; }

    /// <summary>What was asked of it.</summary>
    RequestLog Requests { get; }

    /// <summary>Where pod logs come from; the kubelet stand-in sets it once it runs.</summary>
    PodLogProvider? PodLogs { get; set; }
}
