namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>What the control plane of a cluster is made for.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="Region">Its region.</param>
/// <param name="Arn">Its ARN.</param>
/// <param name="Version">The Kubernetes version, <c>1.33</c>.</param>
/// <param name="OidcIssuer">The issuer that its service account tokens name.</param>
/// <param name="ServiceCidr">The addresses of services.</param>
public sealed record EksClusterSpec(string Name, string Region, string Arn, string Version, string OidcIssuer, string ServiceCidr);

/// <summary>How a cluster is reached.</summary>
/// <param name="Endpoint">The API's address.</param>
/// <param name="AuthorityPem">The authority that signed its certificate.</param>
public sealed record EksClusterAccess(Uri Endpoint, string AuthorityPem);

/// <summary>A machine that is to be a node.</summary>
/// <param name="Name">The node's name, <c>ip-10-0-1-23.ec2.internal</c>.</param>
/// <param name="Nodegroup">The node group.</param>
/// <param name="InstanceId">The EC2 instance.</param>
/// <param name="InstanceType">Its type.</param>
/// <param name="Zone">The availability zone.</param>
/// <param name="Region">The region.</param>
/// <param name="Address">Its address in the VPC.</param>
/// <param name="Labels">Labels of the node group.</param>
/// <param name="Taints">Taints of the node group, effect as in Kubernetes (<c>NoSchedule</c>).</param>
public sealed record EksNode(
    string Name, string Nodegroup, string InstanceId, string InstanceType, string Zone, string Region, string Address,
    IReadOnlyDictionary<string, string> Labels, IReadOnlyList<EksTaint> Taints);

/// <summary>A taint of a node group.</summary>
public sealed record EksTaint(string Key, string? Value, string Effect);

/// <summary>What stands behind EKS: starts and ends Kubernetes clusters and their nodes.</summary>
public interface IClusterBackend
{
    /// <summary>Starts a cluster; returns when its API answers.</summary>
    Task<EksClusterAccess> CreateAsync(EksClusterSpec cluster, CancellationToken ct);

    /// <summary>Ends a cluster with all that is in it.</summary>
    Task DeleteAsync(string name, CancellationToken ct);

    /// <summary>Makes the nodes of a node group these, and no others; returns when they are registered or gone.</summary>
    Task SetNodesAsync(string cluster, string nodegroup, IReadOnlyList<EksNode> nodes, CancellationToken ct);
}
