using Mayfly.LocalCloud.Aws;
using Mayfly.LocalCloud.Charts;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Host.Clusters;

/// <summary>What a cluster has around it.</summary>
/// <param name="Cloud">The cloud.</param>
/// <param name="Aws">Its AWS: who may enter, and which faults are on.</param>
/// <param name="Images">What can be run.</param>
/// <param name="Registry">Where it is pulled from.</param>
/// <param name="Addresses">The addresses of nodes and pods of all clusters.</param>
/// <param name="Options">How the local cloud is set up.</param>
internal sealed record ClusterSurroundings(
    CloudContext Cloud, LocalAws Aws, ImageCatalog Images, ImageRegistry Registry, AddressPool Addresses, LocalCloudOptions Options);
