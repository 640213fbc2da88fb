using System.Collections.Frozen;
using System.Net;

namespace Mayfly.Aws;

/// <summary>What AWS's error codes mean to somebody who has to decide.</summary>
public static class AwsErrorCodes
{
    /// <summary>No answer came: connection refused, reset or timed out.</summary>
    public const string NoAnswer = "NoAnswer";

    /// <summary>There are no usable credentials.</summary>
    public const string NoCredentials = "NoCredentials";

    /// <summary>No region is configured.</summary>
    public const string NoRegion = "NoRegion";

    /// <summary>A configured endpoint is not a URL.</summary>
    public const string BadEndpoint = "BadEndpoint";

    /// <summary>An answer that the protocol does not allow.</summary>
    public const string BadAnswer = "BadAnswer";

    private static readonly FrozenSet<string> Throttling = FrozenSet.Create(StringComparer.Ordinal,
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException.Throttled",
        "ProvisionedThroughputExceededException", "TransactionInProgressException", "SlowDown", "PriorRequestNotComplete",
        "EC2ThrottledException");

    private static readonly FrozenSet<string> Transient = FrozenSet.Create(StringComparer.Ordinal,
        NoAnswer, "InternalError", "InternalFailure", "InternalServerError", "InternalServiceError", "InternalServiceException",
        "ServerException", "ServiceUnavailable", "ServiceUnavailableException", "Unavailable", "RequestTimeout",
        "RequestTimeoutException", "RequestTimeTooSkewed", "IDPCommunicationError");

    private static readonly FrozenSet<string> Denied = FrozenSet.Create(StringComparer.Ordinal,
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthFailure", "UnrecognizedClientException",
        "InvalidClientTokenId", "ExpiredToken", "ExpiredTokenException", "SignatureDoesNotMatch", "InvalidSignatureException",
        "InvalidAccessKeyId", "MissingAuthenticationToken", "OptInRequired", "NotAuthorized", "Forbidden", "InvalidToken");

    // Codes that say "not there" without the words that the rule below knows.
    private static readonly FrozenSet<string> NotFound = FrozenSet.Create(StringComparer.Ordinal,
        "NoSuchEntity", "NoSuchEntityException", "NoSuchBucket", "NoSuchKey", "NoSuchHostedZone", "NoSuchUpload", "NoSuchTagSet",
        "NoSuchLifecycleConfiguration", "NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration",
        "LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound", "RuleNotFound",
        "NatGatewayNotFound", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "NotFound");

    /// <summary>True when AWS says that the named thing does not exist.</summary>
    public static bool IsNotFound(string code) =>
        NotFound.Contains(code)
        || code.EndsWith("NotFound", StringComparison.Ordinal)
        || code.EndsWith("NotFoundException", StringComparison.Ordinal)
        || code.EndsWith("NotFoundFault", StringComparison.Ordinal);

    /// <summary>True when it was asked too often.</summary>
    public static bool IsThrottling(string code) => Throttling.Contains(code);

    /// <summary>True when the fault is AWS's or the network's and passes.</summary>
    public static bool IsTransient(string code) => Transient.Contains(code);

    /// <summary>True when the caller may not.</summary>
    public static bool IsDenied(string code) => Denied.Contains(code);

    /// <summary>True when the session that signed has ended: new credentials are what helps.</summary>
    public static bool IsExpired(string code) => code is "ExpiredToken" or "ExpiredTokenException" or "RequestExpired" or "TokenRefreshRequired";

    /// <summary>True when a wrong clock can be the reason: what signatures of another time are refused with.</summary>
    public static bool IsOfClock(string code) =>
        code is "RequestTimeTooSkewed" or "RequestExpired" or "RequestInTheFuture" or "SignatureDoesNotMatch" or "InvalidSignatureException" or "AuthFailure";

    /// <summary>Strips a namespace and a URL: <c>com.amazonaws.eks#NotFoundException:http://…</c>.</summary>
    public static string Normalize(string code)
    {
        var name = code.AsSpan();
        var hash = name.LastIndexOf('#');
        if (hash >= 0)
        {
            name = name[(hash + 1)..];
        }

        var colon = name.IndexOf(':');
        return (colon > 0 ? name[..colon] : name).Trim().ToString();
    }

    internal static string ForStatus(HttpStatusCode? status) => status switch
    {
        null or 0 => NoAnswer,
        HttpStatusCode.NotFound => "NotFound",
        HttpStatusCode.Forbidden => "Forbidden",
        HttpStatusCode.TooManyRequests => "TooManyRequestsException",
        HttpStatusCode.ServiceUnavailable => "ServiceUnavailable",
        HttpStatusCode.PreconditionFailed => "PreconditionFailed",
        >= HttpStatusCode.InternalServerError => "InternalError",
        _ => BadAnswer,
    };
}
