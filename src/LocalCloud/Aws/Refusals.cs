namespace Mayfly.LocalCloud.Aws;

/// <summary>What AWS says to a request that it does not take for its signature's sake, in each service's words.</summary>
internal static class Refusals
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    // S3 is more patient than the others.
    private static readonly TimeSpan StorageSkew = TimeSpan.FromMinutes(15);

    /// <summary>Why a request is not taken; null when nothing is wrong with its signature. moto looks at none.</summary>
    /// <param name="call">The request.</param>
    /// <param name="signer">Whose keys signed it, when they are known.</param>
    /// <param name="life">How long sessions live at present; null: as long as they were promised.</param>
    /// <param name="now">The time.</param>
    public static AwsReply? Of(AwsCall call, Principal? signer, TimeSpan? life, DateTimeOffset now) =>
        call.SignedAt is { } at && (at - now).Duration() > (call.Protocol == AwsProtocol.S3 ? StorageSkew : Skew) ? Skewed(call, at, now)
        : signer?.HasEnded(now, life) is true ? Expired(call)
        : null;

    private static AwsReply Skewed(AwsCall call, DateTimeOffset at, DateTimeOffset now)
    {
        var what = at < now ? "Signature expired" : "Signature not yet current";
        var message = $"{what}: {at.UtcDateTime:yyyyMMdd'T'HHmmss'Z'} is {(at < now ? "now earlier" : "still later")} than what {now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'} allows (5 min.)";
        var (status, code) = call.Protocol switch
        {
            AwsProtocol.S3 => (403, "RequestTimeTooSkewed"),
            AwsProtocol.Ec2 => at < now ? (400, "RequestExpired") : (401, "AuthFailure"),
            AwsProtocol.Json => (400, "InvalidSignatureException"),
            AwsProtocol.RestJson => (403, "InvalidSignatureException"),
            _ => (403, "SignatureDoesNotMatch"),
        };
        return AwsErrorReply.Make(call, status, code, message);
    }

    private static AwsReply Expired(AwsCall call)
    {
        var (status, code, message) = call.Protocol switch
        {
            AwsProtocol.S3 => (400, "ExpiredToken", "The provided token has expired."),
            AwsProtocol.Ec2 => (400, "RequestExpired", "Request has expired."),
            AwsProtocol.Json => (400, "ExpiredTokenException", "The security token included in the request is expired"),
            AwsProtocol.RestJson => (403, "ExpiredTokenException", "The security token included in the request is expired"),
            _ => (403, "ExpiredToken", "The security token included in the request is expired"),
        };
        return AwsErrorReply.Make(call, status, code, message);
    }
}
