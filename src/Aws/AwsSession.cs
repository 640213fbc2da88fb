using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace Mayfly.Aws;

/// <summary>
/// Region, endpoints and credentials of one account: what every client is made from. Nothing is looked up before the first request,
/// so a session costs nothing where no AWS is needed.
/// </summary>
public sealed class AwsSession
{
    private volatile Lazy<Task<AWSCredentials>> _credentials;
    private readonly Lazy<string> _region;

    public AwsSession(AwsSessionOptions? options = null)
    {
        Options = options ?? new AwsSessionOptions();
        _region = new Lazy<string>(FindRegion);
        _credentials = new Lazy<Task<AWSCredentials>>(FindCredentialsAsync);
    }

    /// <summary>What it was made of.</summary>
    public AwsSessionOptions Options { get; }

    /// <summary>The region.</summary>
    /// <exception cref="AwsException">None is configured (<see cref="AwsErrorCodes.NoRegion"/>).</exception>
    public string Region => _region.Value;

    /// <summary>A session with explicit keys against one endpoint, as the local cloud and tests use it.</summary>
    public static AwsSession For(Uri endpoint, string region, string accessKey, string secretKey) =>
        new(new AwsSessionOptions { Endpoint = endpoint, Region = region, Credentials = new BasicAWSCredentials(accessKey, secretKey) });

    /// <summary>Where a service is reached.</summary>
    public Uri EndpointOf(AwsService service) => AwsEndpoints.Find(service, Region, Options.Endpoint);

    /// <summary>The endpoint that is configured for a service in place of AWS's own; null: there is none.</summary>
    public Uri? ConfiguredEndpointOf(AwsService service) => AwsEndpoints.Configured(service, Options.Endpoint);

    /// <summary>The credentials as they are now; temporary ones are renewed by the SDK before they expire.</summary>
    /// <exception cref="AwsException">There are none, or they could not be renewed (<see cref="AwsErrorCodes.NoCredentials"/>).</exception>
    public async Task<ImmutableCredentials> GetCredentialsAsync(CancellationToken ct = default)
    {
        try
        {
            var source = await _credentials.Value.WaitAsync(ct);
            return await source.GetCredentialsAsync().WaitAsync(ct);
        }
        catch (Exception exception) when (exception is AmazonClientException or AmazonServiceException or InvalidOperationException)
        {
            throw new AwsException(AwsErrorCodes.NoCredentials,
                $"No usable AWS credentials: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Drops the credentials in use: the next request gets them anew from where they came (a new session of the role, the profile's
    /// or the machine's present keys). The keys in a process's environment stay what they are.
    /// </summary>
    public void RenewCredentials()
    {
        if (Options.Credentials is null)
        {
            _credentials = new Lazy<Task<AWSCredentials>>(FindCredentialsAsync);
        }

        (Options.Credentials as RefreshingAWSCredentials)?.ClearCredentials();
    }

    /// <summary>The SDK's own credentials object, for its clients.</summary>
    public AWSCredentials Credentials => Options.Credentials ?? new SessionCredentials(this);

    private async Task<AWSCredentials> FindCredentialsAsync()
    {
        if (Options.Credentials is { } given)
        {
            return given;
        }

        using var chain = new DefaultAWSCredentialsIdentityResolver();
        var config = new Amazon.SecurityToken.AmazonSecurityTokenServiceConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(Region) };
        return await chain.ResolveIdentityAsync(config, CancellationToken.None);
    }

    private string FindRegion() =>
        Options.Region
        ?? Environment.GetEnvironmentVariable("AWS_REGION")
        ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION")
        ?? FallbackRegionFactory.GetRegionEndpoint()?.SystemName
        ?? throw new AwsException(AwsErrorCodes.NoRegion, "No AWS region is configured; set AWS_REGION.");

    private sealed class SessionCredentials(AwsSession session) : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => session.GetCredentialsAsync().GetAwaiter().GetResult();

        public override Task<ImmutableCredentials> GetCredentialsAsync() => session.GetCredentialsAsync();
    }
}
