using Mayfly.Aws;
using Mayfly.LocalCloud.Aws.Eks;
using Mayfly.LocalCloud.Aws.Faults;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>All mends of the local cloud.</summary>
public static class StandardMends
{
    /// <summary>How long interfaces outlive a load balancer, and a NAT gateway takes. AWS needs minutes.</summary>
    private static readonly TimeSpan Little = TimeSpan.FromMilliseconds(500);

    /// <summary>The list, EKS first.</summary>
    public static IReadOnlyList<IMend> Create(AwsSession moto, EksService eks, Principals principals, FaultBook faults, string account, TimeProvider clock) =>
    [
        eks,
        new CallerIdentity(principals, () => faults.LifeOf("sts"), account, clock),
        new Ec2Dependencies(moto),
        new NatGatewayStates(moto, clock, Little),
        new Ec2Tags(moto),
        new InstanceInterfaces(moto),
        new LoadBalancerInterfaces(moto, clock, Little),
        new PolicyDeletion(moto),
        new SecretCurrentVersion(),
        new SecretDeletion(moto),
        new TaggedResources(moto, eks, account),
    ];
}
