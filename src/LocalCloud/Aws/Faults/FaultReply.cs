namespace Mayfly.LocalCloud.Aws.Faults;

/// <summary>What an injected error looks like for the service that is asked.</summary>
internal static class FaultReply
{
    public static AwsReply Make(FaultRule rule, AwsCall call, string account)
    {
        var (status, code, message) = rule.Kind switch
        {
            FaultKind.Throttle => Throttle(call),
            FaultKind.Deny => Deny(call, account),
            FaultKind.ServerError when rule.Status == 503 => (503, call.Protocol == AwsProtocol.Ec2 ? "Unavailable" : "ServiceUnavailable",
                "Service is unable to handle request."),
            FaultKind.ServerError => (500, "InternalFailure", "An internal error has occurred."),
            _ => (400, "ValidationError", "The request was refused by an injected fault."),
        };
        return AwsErrorReply.Make(call, rule.Status ?? status, rule.Code ?? code, rule.Message ?? message);
    }

    private static (int, string, string) Throttle(AwsCall call) => call.Protocol switch
    {
        AwsProtocol.Ec2 => (503, "RequestLimitExceeded", "Request limit exceeded."),
        AwsProtocol.S3 => (503, "SlowDown", "Please reduce your request rate."),
        AwsProtocol.Json => (400, "ThrottlingException", "Rate exceeded"),
        AwsProtocol.RestJson => (429, "TooManyRequestsException", "Rate exceeded"),
        _ => (400, "Throttling", "Rate exceeded"),
    };

    private static (int, string, string) Deny(AwsCall call, string account)
    {
        var who = $"arn:aws:iam::{account}:user/local";
        var what = $"User: {who} is not authorized to perform: {call.Service}:{call.Action} because no identity-based policy allows the {call.Service}:{call.Action} action";
        return call.Protocol switch
        {
            AwsProtocol.Ec2 => (403, "UnauthorizedOperation", $"You are not authorized to perform this operation. {what}"),
            AwsProtocol.S3 => (403, "AccessDenied", "Access Denied"),
            AwsProtocol.Json => (400, "AccessDeniedException", what),
            AwsProtocol.RestJson => (403, "AccessDeniedException", what),
            _ => (403, "AccessDenied", what),
        };
    }
}
