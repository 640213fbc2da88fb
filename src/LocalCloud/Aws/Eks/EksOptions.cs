using Mayfly.Aws;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>How EKS behaves here.</summary>
public sealed record EksOptions
{
    /// <summary>moto itself, for the EC2, IAM and log resources that EKS makes.</summary>
    public required AwsSession Moto { get; init; }

    /// <summary>What starts the clusters.</summary>
    public required IClusterBackend Backend { get; init; }

    /// <summary>The account's 12 digits.</summary>
    public string Account { get; init; } = "123456789012";

    /// <summary>Who an access key is.</summary>
    public required Principals Principals { get; init; }

    /// <summary>The Kubernetes version of clusters that ask for none.</summary>
    public string DefaultVersion { get; init; } = "1.33";

    /// <summary>How long a cluster is CREATING at least. AWS takes ten minutes; nothing here depends on it.</summary>
    public TimeSpan ClusterCreation { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it is DELETING at least.</summary>
    public TimeSpan ClusterDeletion { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a node group is CREATING, UPDATING or DELETING at least.</summary>
    public TimeSpan NodegroupChange { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an add-on or a Fargate profile is CREATING or DELETING.</summary>
    public TimeSpan AddonChange { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an add-on that needs nodes waits for one before it is DEGRADED. AWS waits 13 to 20 minutes.</summary>
    public TimeSpan AddonPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long nodes may take to join before the node group is CREATE_FAILED. AWS waits 25 minutes.</summary>
    public TimeSpan JoinPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long after its end a control plane flushes its last log lines, which makes its log group once more when somebody deleted it.
    /// </summary>
    public TimeSpan LastLogLines { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Asked before nodes join and control planes start; true: this one fails (see faults).</summary>
    public Func<string, bool> Fails { get; init; } = _ => false;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
