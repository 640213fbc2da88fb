using Mayfly.LocalCloud.Aws.Eks;

namespace Mayfly.LocalCloud.Host;

/// <summary>What a local cloud is made of.</summary>
public sealed record LocalCloudOptions
{
    /// <summary>Where it keeps its authority, its description and what clients need.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The region.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The account's 12 digits.</summary>
    public string Account { get; init; } = "123456789012";

    /// <summary>DNS zones that Route 53 has from the start, each with a certificate for <c>*.zone</c>.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>S3 buckets that are there from the start, versioned as state buckets are.</summary>
    public IReadOnlyList<string> Buckets { get; init; } = [];

    /// <summary>
    /// True: the ports people know (443, 4566, ...) where they are free. False: any free ones, so that several can run at once.
    /// </summary>
    public bool UsualPorts { get; init; }

    /// <summary>The program of the stand-in providers; null: the one beside this program.</summary>
    public string? ProviderProgram { get; init; }

    /// <summary>Changes how EKS behaves.</summary>
    public Func<EksOptions, EksOptions> Eks { get; init; } = options => options;

    /// <summary>
    /// How long a second of the kubelet's waits is, of probes and back-offs. A fifth: what takes minutes in a real cluster takes a
    /// coffee's sip here, and the order of things stays.
    /// </summary>
    public double TimeScale { get; init; } = 0.2;

    /// <summary>Where the cloud's own faults are written.</summary>
    public TextWriter Diagnostics { get; init; } = TextWriter.Null;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
