using System.Net;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Who a request comes from.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Groups">Its groups, without the system's own (<c>system:authenticated</c> is added).</param>
public sealed record UserInfo(string Name, IReadOnlyList<string> Groups)
{
    /// <summary>A stable id, where the authenticator has one.</summary>
    public string Uid { get; init; } = "";

    /// <summary>What else the authenticator says of it; EKS puts the ARN and the session here.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string,
        IReadOnlyList<string>>();
}

/// <summary>A service's port that the API server wants to reach: an admission webhook's.</summary>
public sealed record ServiceTarget(string Namespace, string Name, int Port);

/// <summary>The cluster has nobody to take the connection; the message is what the API server's own dialer would say.</summary>
public sealed class ServiceUnreachableException(string message) : Exception(message);

/// <summary>What a pod's log is asked for.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod.</param>
/// <param name="Container">The container.</param>
/// <param name="Follow">Goes on until the container ends.</param>
/// <param name="TailLines">Only so many of the last lines.</param>
/// <param name="Previous">The log of the run before.</param>
/// <param name="Timestamps">Each line begins with its time.</param>
/// <param name="SinceSeconds">Only what is younger.</param>
public sealed record PodLogRequest(
    string Namespace, string Pod, string Container, bool Follow, int? TailLines, bool Previous, bool Timestamps,
        int? SinceSeconds);

/// <summary>Gives a pod's log as a stream of text; the kubelet's part.</summary>
public delegate Task<Stream> PodLogProvider(PodLogRequest request, CancellationToken ct);

/// <summary>What a cluster's API server needs to know.</summary>
public sealed record KubernetesApiOptions
{
    /// <summary>The cluster's name.</summary>
    public required string ClusterName { get; init; }

    /// <summary>Where it listens.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Its port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>More names and addresses for its certificate.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>The cluster's own authority.</summary>
    public required CertificateAuthority Authority { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Checks tokens that the server did not issue itself: EKS tokens. Null: nobody knows the token.</summary>
    public Func<string, CancellationToken, ValueTask<UserInfo?>> AuthenticateAsync { get; init; } = (_, _) =>
        ValueTask.FromResult<UserInfo?>(null);

    /// <summary>Opens a connection to a service of the cluster, which has addresses of its own; throws <see cref="ServiceUnreachableException"/>.</summary>
    public Func<ServiceTarget, CancellationToken, ValueTask<Stream>> DialServiceAsync { get; init; } = (target, _) =>
        throw new ServiceUnreachableException($"no endpoints available for service \"{target.Name}\"");

    /// <summary>The range of service addresses: network and prefix length.</summary>
    public string ServiceCidr { get; init; } = "10.100.0.0/16";

    /// <summary>The issuer of service account tokens; EKS names its OIDC provider here.</summary>
    public string ServiceAccountIssuer { get; init; } = "https://kubernetes.default.svc";

    /// <summary>Asked before each request: what shall go wrong with it.</summary>
    public Func<ApiRequestInfo, ApiFault?> Fault { get; init; } = _ => null;

    /// <summary>The version that <c>/version</c> tells.</summary>
    public string Version { get; init; } = "v1.33.4-eks-local";
}

/// <summary>A request as faults and the log see it.</summary>
public sealed record ApiRequestInfo(string Method, string Path, string Query, string UserAgent);

/// <summary>What goes wrong with a request.</summary>
/// <param name="Delay">Waits first.</param>
/// <param name="Status">Then answers this HTTP status.</param>
/// <param name="Message">With this text.</param>
/// <param name="Reset">Or drops the connection.</param>
public sealed record ApiFault(TimeSpan Delay = default, int? Status = null, string? Message = null, bool Reset = false);
