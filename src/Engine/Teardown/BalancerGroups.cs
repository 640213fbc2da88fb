using Amazon.EC2;

namespace Mayfly.Engine.Teardown;

/// <summary>The security groups that the load balancer controller made: they outlive a load balancer that somebody else removed, and keep the network.</summary>
public sealed class BalancerGroups(AmazonEC2Client ec2) : ILeftovers
{
    private readonly NetworkLeftovers _network = new(ec2);

    /// <inheritdoc />
    public string Looks => "security groups of load balancers";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct) =>
        [.. (await _network.FindAsync(ownership, ct)).Where(leftover => leftover is { Kind: "security-group", Why: "tag elbv2.k8s.aws/cluster" })];

    /// <inheritdoc />
    public Task RemoveAsync(Leftover leftover, CancellationToken ct) => _network.RemoveAsync(leftover, ct);
}
