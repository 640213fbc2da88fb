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
    private long _ended;
    private long _ahead;

    // AWS takes five minutes either way; a smaller difference is not why it refused.
    private static readonly TimeSpan LeastSkew = TimeSpan.FromMinutes(4);

    // Requests that were under way together are refused together.
    private static readonly TimeSpan SameEnd = TimeSpan.FromSeconds(2);

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
    public async Task<ImmutableCredentials> GetCredentialsAsync(CancellationToken ct = default) => (await GetTimedCredentialsAsync(ct)).Credentials;

    /// <summary>The credentials as they are now, and when they end; null: never, or their source does not say.</summary>
    /// <exception cref="AwsException">As <see cref="GetCredentialsAsync"/>.</exception>
    internal async Task<(ImmutableCredentials Credentials, DateTimeOffset? End)> GetTimedCredentialsAsync(CancellationToken ct)
    {
        try
        {
            var source = await _credentials.Value.WaitAsync(ct);
            var credentials = await source.GetCredentialsAsync().WaitAsync(ct);
            return (credentials, source.Expiration is { } end ? new DateTimeOffset(end.ToUniversalTime()) : null);
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

    /// <summary>Raised when AWS said that the session had ended, and the credentials in use were dropped for it.</summary>
    public event Action? SessionEnded;

    /// <summary>AWS said that the session which signed a request has ended: new credentials, unless it was one of the last requests with the old.</summary>
    internal void EndSession()
    {
        var now = Options.Clock.GetTimestamp();
        var last = Interlocked.Exchange(ref _ended, now);
        if (last == 0 || Options.Clock.GetElapsedTime(last, now) > SameEnd)
        {
            RenewCredentials();
            SessionEnded?.Invoke();
        }
    }

    /// <summary>The time that requests are signed with: this machine's, put right by what AWS said of it.</summary>
    internal DateTimeOffset Now => Options.Clock.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _ahead));

    /// <summary>AWS refused a signature, and this is what its clock said; true when a signature of that time is worth a try.</summary>
    internal bool SetClock(DateTimeOffset theirs)
    {
        var wrong = theirs - Now;
        if (wrong.Duration() < LeastSkew)
        {
            return false;
        }

        Interlocked.Add(ref _ahead, wrong.Ticks);
        return true;
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
