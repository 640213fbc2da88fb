namespace Mayfly.LocalCloud.Aws.Faults;

/// <summary>What can go wrong on demand.</summary>
public enum FaultKind
{
    /// <summary>Asked too often, as the service says it: 400, or 503 for S3 and EC2.</summary>
    Throttle,

    /// <summary>A 500, or the status given.</summary>
    ServerError,

    /// <summary>The caller may not do this.</summary>
    Deny,

    /// <summary>Any error code: <see cref="FaultRule.Code"/>.</summary>
    Error,

    /// <summary>Slow, then answered as ever.</summary>
    Latency,

    /// <summary>The connection is cut and nothing was done.</summary>
    Reset,

    /// <summary>It is done, and the connection is cut before the answer: the caller cannot know.</summary>
    LoseAnswer,

    /// <summary>
    /// No request's fault, but a setting while it is on: sessions of roles end so long after they were given out (<c>sts</c>), and a
    /// cluster takes a token only so long (<c>kubernetes</c>).
    /// </summary>
    Expire,
}

/// <summary>A fault that waits for its requests.</summary>
public sealed record FaultRule
{
    /// <summary>Names it; given when it is added.</summary>
    public string Id { get; init; } = "";

    /// <summary>What happens.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>The service's signing name; null: every one.</summary>
    public string? Service { get; init; }

    /// <summary>The operation, with <c>*</c> for any part; null: every one.</summary>
    public string? Action { get; init; }

    /// <summary>Who asks, by the user agent, with <c>*</c> for any part; null: everybody.</summary>
    public string? UserAgent { get; init; }

    /// <summary>How often it happens before it is used up; null: for ever.</summary>
    public int? Times { get; init; }

    /// <summary>The part of the matching requests that is hit.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Makes the draw repeatable.</summary>
    public int? Seed { get; init; }

    /// <summary>How slow; for <see cref="FaultKind.Expire"/>, how long something lives.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The error's code, in place of the kind's own.</summary>
    public string? Code { get; init; }

    /// <summary>The HTTP status, in place of the kind's own.</summary>
    public int? Status { get; init; }

    /// <summary>The message, in place of the kind's own.</summary>
    public string? Message { get; init; }

    internal bool Matches(AwsCall call) =>
        Kind != FaultKind.Expire
        && (Service is null || string.Equals(Service, call.Service, StringComparison.OrdinalIgnoreCase))
        && (Action is null || Glob(Action, call.Action))
        && (UserAgent is null || Glob(UserAgent, call.UserAgent));

    private static bool Glob(string pattern, string text) =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true);
}
