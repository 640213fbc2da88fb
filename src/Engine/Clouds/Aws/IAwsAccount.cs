using Mayfly.Aws;

namespace Mayfly.Engine.Clouds.Aws;

/// <summary>The account as the stages see it: who it is, and whether the environment's cluster is there.</summary>
public interface IAwsAccount
{
    /// <summary>The account's 12 digits.</summary>
    Task<string> AccountIdAsync(CancellationToken ct);

    /// <summary>Looks at an EKS cluster.</summary>
    Task<AwsObservation<ClusterFacts>> ClusterAsync(string name, CancellationToken ct);

    /// <summary>A login to a cluster's API.</summary>
    Task<EksLogin> LoginAsync(string cluster, CancellationToken ct);
}

/// <summary>What AWS says of a cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">As EKS has it: CREATING, ACTIVE, DELETING, FAILED, UPDATING.</param>
/// <param name="Endpoint">Address of its API; empty while it is being made.</param>
/// <param name="AuthorityData">Its authority, PEM in base64 as EKS has it.</param>
/// <param name="CreatedAt">When this incarnation was made.</param>
/// <param name="Owner">The environment its owner tag names; null when it has none.</param>
/// <param name="VpcId">The network it is in.</param>
public sealed record ClusterFacts(
    string Name, string Status, string Endpoint, string AuthorityData, DateTimeOffset? CreatedAt, string? Owner, string? VpcId)
{
    /// <summary>True when it can be talked to.</summary>
    public bool IsActive => Status is "ACTIVE" or "UPDATING" && Endpoint.Length > 0;
}
