namespace Mayfly.LocalCloud.Kubernetes;

/// <summary>How a client reaches a cluster's API: all that a controller knows, so that the server below can be exchanged.</summary>
/// <param name="Name">The EKS cluster's name.</param>
/// <param name="Endpoint">The API's address.</param>
/// <param name="AuthorityPem">The cluster's own authority.</param>
/// <param name="Token">A bearer token; its user decides what the client may do.</param>
public sealed record ClusterConnection(string Name, Uri Endpoint, string AuthorityPem, string Token);
