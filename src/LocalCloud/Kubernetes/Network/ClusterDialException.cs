namespace Mayfly.LocalCloud.Kubernetes.Network;

/// <summary>Why a connection inside the cluster did not come about.</summary>
public enum DialFailure
{
    /// <summary>No service and no host has that name.</summary>
    NoSuchHost,

    /// <summary>The service is there but does not have that port.</summary>
    NoSuchPort,

    /// <summary>The service is there but no ready pod stands behind it.</summary>
    NoEndpoints,

    /// <summary>Nothing listens at the address.</summary>
    Refused,
}

/// <summary>A connection inside the cluster did not come about; the message is worded as Kubernetes words it.</summary>
public sealed class ClusterDialException(DialFailure reason, string message) : IOException(message)
{
    /// <summary>Why.</summary>
    public DialFailure Reason { get; } = reason;
}
