using System.Globalization;
using System.Net;
using Mayfly.Aws;
using Mayfly.TerraformProviders.Resources;

namespace Mayfly.TerraformProviders.Aws.Core;

/// <summary>AWS's refusals in the words in which the real provider passes them on.</summary>
internal static class AwsErrors
{
    // Codes that the services' models do not declare: the SDK calls those "api error".
    private static readonly string[] Undeclared =
    [
        "AccessDenied", "AuthFailure", "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestLimitExceeded", "SignatureDoesNotMatch",
        "SlowDown", "Throttling", "ThrottlingException", "UnauthorizedOperation", "UnrecognizedClientException", "ValidationError", "InvalidSignatureException",
    ];

    /// <summary>A failure of doing something: <c>creating EKS Cluster (pr-42)</c>.</summary>
    public static ProviderException While(string doing, AwsException error) => IsMissingFromCloud(error)
        ? new($"{doing}: the endpoint cannot do {error.Operation} of {error.Service}",
            "This is what a local cloud answers for what it does not have; the real AWS has it.")
        : new($"{doing}: {Text(error)}");

    /// <summary>As the SDK for Go writes an error.</summary>
    public static string Text(AwsException error)
    {
        var operation = $"operation error {error.Service}: {error.Operation}, ";
        var attempts = error is { IsTransient: true, Attempts: > 1 }
            ? $"exceeded maximum number of attempts, {error.Attempts.ToString(CultureInfo.InvariantCulture)}, "
            : "";
        return error.Code switch
        {
            AwsErrorCodes.NoCredentials or AwsErrorCodes.NoRegion or AwsErrorCodes.BadEndpoint => error.Message,
            AwsErrorCodes.NoAnswer => $"{operation}{attempts}https response error StatusCode: 0, RequestID: , request send failed, {error.Message}",
            _ => $"{operation}{attempts}https response error StatusCode: {(int?)error.Status ?? 0}, RequestID: {error.RequestId}, "
                + (IsDeclared(error) ? "" : "api error ") + $"{error.Code}: {error.Message}",
        };
    }

    /// <summary>Whether AWS says that the thing itself is not there; a URL that the endpoint does not know says nothing of the kind.</summary>
    public static bool IsGone(this AwsException error) =>
        (error.IsNotFound || error.Code is "DBInstanceNotFound" or "CacheClusterNotFound" or "ParameterNotFound" or "ReplicationGroupNotFoundFault"
            or "NatGatewayMalformed" || error.Code.EndsWith("NotFound", StringComparison.Ordinal))
        && !IsMissingFromCloud(error);

    private static bool IsMissingFromCloud(AwsException error) =>
        error.Status == HttpStatusCode.NotImplemented
        || (error is { Code: AwsErrorCodes.BadAnswer, Status: HttpStatusCode.InternalServerError })
        || (error is { Code: "NotFound", Status: HttpStatusCode.NotFound } && error.Service != AwsService.S3.Id);

    private static bool IsDeclared(AwsException error) =>
        error.Service != AwsService.Ec2.Id && !Undeclared.Contains(error.Code)
        && (error.Service != AwsService.S3.Id || error.Code is "BucketAlreadyExists" or "BucketAlreadyOwnedByYou" or "NoSuchBucket" or "NoSuchKey");
}
