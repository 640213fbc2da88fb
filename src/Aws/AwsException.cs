using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;

namespace Mayfly.Aws;

/// <summary>A request to AWS that did not succeed.</summary>
public sealed class AwsException : Exception
{
    public AwsException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>AWS's error code, without suffixes: <c>ResourceNotFoundException</c>; or one of <see cref="AwsErrorCodes"/>.</summary>
    public string Code { get; }

    /// <summary>The HTTP status; null when no answer came.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The request's id at AWS, for support.</summary>
    public string? RequestId { get; init; }

    /// <summary>The service's id and the operation, <c>EKS</c> and <c>DescribeCluster</c>.</summary>
    public string? Service { get; init; }

    /// <inheritdoc cref="Service"/>
    public string? Operation { get; init; }

    /// <summary>Tries that were made.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>True when AWS said that the thing asked for is not there: the only ground to forget or delete anything.</summary>
    public bool IsNotFound => AwsErrorCodes.IsNotFound(Code);

    /// <summary>True when the account or the API is asked too often.</summary>
    public bool IsThrottling => AwsErrorCodes.IsThrottling(Code) || Status == HttpStatusCode.TooManyRequests;

    /// <summary>True when the credentials are refused or may not do this.</summary>
    public bool IsDenied => AwsErrorCodes.IsDenied(Code);

    /// <summary>True when the same request can succeed later without anybody doing anything.</summary>
    public bool IsTransient => IsThrottling || AwsErrorCodes.IsTransient(Code)
        || ((int?)Status >= 500 && Status != HttpStatusCode.NotImplemented && Code != AwsErrorCodes.BadAnswer);

    internal const string OperationKey = "mayfly.operation";
    internal const string ServiceKey = "mayfly.service";

    /// <summary>Reads the SDK's exceptions and those of the network as this one; null when it is something else.</summary>
    public static AwsException? From(Exception exception) => exception switch
    {
        AwsException own => own,
        AmazonServiceException { ErrorCode: { Length: > 0 } code } sdk => new AwsException(AwsErrorCodes.Normalize(code), sdk.Message, sdk)
        {
            Status = sdk.StatusCode,
            RequestId = sdk.RequestId,
            Service = Told(sdk, ServiceKey),
            Operation = Told(sdk, OperationKey),
        },
        // HEAD requests carry no body, so that the SDK knows only the status.
        AmazonServiceException sdk => new AwsException(AwsErrorCodes.ForStatus(sdk.StatusCode), sdk.Message, sdk)
        {
            Status = sdk.StatusCode == 0 ? null : sdk.StatusCode,
            RequestId = sdk.RequestId,
            Service = Told(sdk, ServiceKey),
            Operation = Told(sdk, OperationKey),
        },
        AmazonClientException or HttpRequestException or SocketException or IOException => new AwsException(AwsErrorCodes.NoAnswer, exception.Message, exception)
        {
            Service = Told(exception, ServiceKey),
            Operation = Told(exception, OperationKey),
        },
        _ => null,
    };

    // What the clients of AwsSdkClients left with it.
    private static string? Told(Exception exception, string key) => exception.Data[key] as string;
}
