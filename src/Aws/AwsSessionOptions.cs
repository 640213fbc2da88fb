using Amazon.Runtime;

namespace Mayfly.Aws;

/// <summary>What a session is made of; everything has the default that AWS's own tools have.</summary>
public sealed record AwsSessionOptions
{
    /// <summary>The region; null: AWS_REGION, AWS_DEFAULT_REGION or the profile's.</summary>
    public string? Region { get; init; }

    /// <summary>One endpoint for every service; null: AWS_ENDPOINT_URL_… and AWS_ENDPOINT_URL, else AWS's own.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Credentials; null: the SDK's usual chain (environment, web identity, profile, SSO, container, instance).</summary>
    public AWSCredentials? Credentials { get; init; }

    /// <summary>Tries of one request, the first included. Five ride out a throttled second; more is the caller's decision.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How long one try may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Who calls, for user agents.</summary>
    public string Application { get; init; } = "mayfly";

    /// <summary>The clock of signatures and of waiting between tries.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
