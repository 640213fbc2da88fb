using Mayfly.LocalCloud.Aws.Faults;
using Mayfly.LocalCloud.Aws.Mends;

namespace Mayfly.LocalCloud.Aws;

/// <summary>What the proxy needs.</summary>
public sealed record AwsProxyOptions
{
    /// <summary>moto.</summary>
    public required Uri Moto { get; init; }

    /// <summary>The account's 12 digits.</summary>
    public string Account { get; init; } = "123456789012";

    /// <summary>The port on loopback; 0: a free one.</summary>
    public int Port { get; init; }

    /// <summary>What is put right, asked in this order; the first that is concerned answers.</summary>
    public IReadOnlyList<IMend> Mends { get; init; } = [];

    /// <summary>Faults that are on from the start.</summary>
    public FaultBook Faults { get; init; } = new();

    /// <summary>Whose sessions may have ended.</summary>
    public Principals Principals { get; init; } = new();

    /// <summary>The clock of latencies and of the log.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
