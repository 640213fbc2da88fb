using Amazon;
using Amazon.DynamoDBv2;
using Amazon.EC2;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SecurityToken;

namespace Mayfly.Aws;

/// <summary>The SDK's own clients, made from a session.</summary>
public static class AwsSdkClients
{
    /// <summary>EC2.</summary>
    public static AmazonEC2Client CreateEc2(this AwsSession session) =>
        Telling(session, new AmazonEC2Client(session.Credentials, session.Configure(new AmazonEC2Config(), AwsService.Ec2)));

    /// <summary>S3; with path style where the endpoint is a private one, because bucket host names would need its DNS.</summary>
    public static AmazonS3Client CreateS3(this AwsSession session, string? region = null) =>
        Telling(session, new AmazonS3Client(session.Credentials, session.Configure(new AmazonS3Config
        {
            ForcePathStyle = session.ConfiguredEndpointOf(AwsService.S3) is not null,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        }, AwsService.S3, region)));

    /// <summary>DynamoDB.</summary>
    public static AmazonDynamoDBClient CreateDynamoDb(this AwsSession session, string? region = null) =>
        Telling(session, new AmazonDynamoDBClient(session.Credentials, session.Configure(new AmazonDynamoDBConfig(), AwsService.DynamoDb, region)));

    /// <summary>STS.</summary>
    public static AmazonSecurityTokenServiceClient CreateSts(this AwsSession session) =>
        Telling(session, new AmazonSecurityTokenServiceClient(session.Credentials, session.Configure(new AmazonSecurityTokenServiceConfig(), AwsService.Sts)));

    /// <summary>Sets region, endpoint, tries and timeout of any SDK client's configuration.</summary>
    public static TConfig Configure<TConfig>(this AwsSession session, TConfig config, AwsService service, string? region = null)
        where TConfig : ClientConfig
    {
        region ??= session.Region;
        if (session.ConfiguredEndpointOf(service) is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.AuthenticationRegion = region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        config.MaxErrorRetry = session.Options.MaxAttempts - 1;
        config.Timeout = session.Options.Timeout;
        config.ClientAppId = session.Options.Application;
        return config;
    }

    // The SDK's exceptions do not say what was asked, and S3's "Access Denied" says nothing else. And the SDK goes on with a session
    // that AWS says has ended, as long as it was promised to last: a lease would be lost by that.
    private static TClient Telling<TClient>(AwsSession session, TClient client)
        where TClient : AmazonServiceClient
    {
        client.ExceptionEvent += (_, happened) =>
        {
            if (happened is WebServiceExceptionEventArgs { Exception: { } exception, Request: { } request } told)
            {
                exception.Data[AwsException.OperationKey] = Shorten(request.GetType().Name, "Request");
                exception.Data[AwsException.ServiceKey] = told.ServiceName;
                if (exception is AmazonServiceException { ErrorCode: { } code } && AwsErrorCodes.IsExpired(code))
                {
                    session.EndSession();
                }
            }
        };
        return client;
    }

    private static string Shorten(string name, string end) => name.EndsWith(end, StringComparison.Ordinal) ? name[..^end.Length] : name;
}
