using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace Mayfly.Aws;

/// <summary>
/// A role that a workflow's identity may assume. The credentials are renewed with a new identity token before they expire, so a run may
/// take longer than one session of the role.
/// </summary>
public sealed class GitHubRoleCredentials : RefreshingAWSCredentials
{
    private readonly GitHubIdentity _identity;
    private readonly string _role;
    private readonly AwsSessionOptions _options;

    /// <param name="identity">The workflow's identity.</param>
    /// <param name="role">ARN of the role.</param>
    /// <param name="options">Region and endpoint of STS.</param>
    public GitHubRoleCredentials(GitHubIdentity identity, string role, AwsSessionOptions options)
    {
        (_identity, _role, _options) = (identity, role, options);
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    /// <summary>Name of the session, as the account's trail shows it.</summary>
    public const string SessionName = "mayfly";

    /// <inheritdoc />
    protected override CredentialsRefreshState GenerateNewCredentials() => GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    /// <inheritdoc />
    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        // The call is not signed: the identity token is what counts.
        var session = new AwsSession(_options with { Credentials = new AnonymousAWSCredentials() });
        using var sts = session.CreateSts();
        var answer = await sts.AssumeRoleWithWebIdentityAsync(new AssumeRoleWithWebIdentityRequest
        {
            RoleArn = _role,
            RoleSessionName = SessionName,
            WebIdentityToken = await _identity.TokenAsync(),
        });
        var given = answer.Credentials;
        return new CredentialsRefreshState(
            new ImmutableCredentials(given.AccessKeyId, given.SecretAccessKey, given.SessionToken), given.Expiration ?? DateTime.UtcNow.AddHours(1));
    }
}
