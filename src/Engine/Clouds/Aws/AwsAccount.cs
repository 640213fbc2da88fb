using Amazon.SecurityToken.Model;
using Mayfly.Aws;
using Mayfly.Aws.EKS.Model;
using Mayfly.Engine.Environments;

namespace Mayfly.Engine.Clouds.Aws;

/// <inheritdoc cref="IAwsAccount"/>
public sealed class AwsAccount(AwsSession session) : IAwsAccount
{
    /// <summary>What the clients of other services are made from.</summary>
    public AwsSession Session => session;

    /// <inheritdoc />
    public async Task<string> AccountIdAsync(CancellationToken ct)
    {
        using var sts = session.CreateSts();
        var identity = await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), ct);
        return identity.Account;
    }

    /// <inheritdoc />
    public Task<AwsObservation<ClusterFacts>> ClusterAsync(string name, CancellationToken ct) => AwsObservation.LookAsync(async () =>
    {
        var response = await session.CreateEks().DescribeClusterAsync(new DescribeClusterRequest(name), ct);
        var cluster = response.Cluster!;
        return new ClusterFacts(
            name,
            cluster.Status ?? "",
            cluster.Endpoint ?? "",
            cluster.CertificateAuthority?.Data ?? "",
            cluster.CreatedAt is { } created ? new DateTimeOffset(DateTime.SpecifyKind(created, DateTimeKind.Utc)) : null,
            cluster.Tags?.GetValueOrDefault(EnvironmentIdentity.OwnerTag),
            cluster.ResourcesVpcConfig?.VpcId);
    });

    /// <inheritdoc />
    public Task<EksLogin> LoginAsync(string cluster, CancellationToken ct) => EksToken.CreateAsync(session, cluster, ct);
}
