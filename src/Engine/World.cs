using Mayfly.Aws;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Clouds.Http;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine;

/// <summary>Every handle to what lies outside the process. Made once by each front; stages get only the few that they use.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Home">Mayfly's own folder.</param>
/// <param name="Variables">The variables this process was started with.</param>
/// <param name="Tools">Starts programs.</param>
/// <param name="Session">Region, endpoints and credentials of the account.</param>
/// <param name="Account">The account.</param>
/// <param name="Store">The object store beside the state.</param>
/// <param name="Http">Asks the public host.</param>
public sealed record World(
    TimeProvider Clock, string Home, ToolEnvironment Variables, IToolRunner Tools, AwsSession Session, IAwsAccount Account,
    IObjectStore Store, IHttpProbe Http)
{
    private static readonly HttpClient GitHub = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The real one.</summary>
    public static World Of(MayflyConfiguration configuration, ToolEnvironment variables, TimeProvider clock)
    {
        var options = new AwsSessionOptions
        {
            Region = configuration.Aws.Region,
            Endpoint = configuration.Cloud.AwsEndpoint is { } endpoint ? new Uri(endpoint) : null,
            Clock = clock,
        };
        var identity = IdentityOf(configuration, variables);
        var session = new AwsSession(identity is null
            ? options
            : options with { Credentials = new GitHubRoleCredentials(identity, configuration.Aws.Role!, options) });
        IObjectStore store = configuration.State is { Path: { } path }
            ? new DirectoryStore(Path.GetFullPath(Path.Combine(configuration.Directory, path)), clock)
            : new S3Store(session.CreateS3(configuration.State.Region), configuration.State.Bucket!, clock);
        var home = variables["MAYFLY_HOME"]
            ?? Path.Combine(variables["HOME"] ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly");
        var resolver = new NameResolver(configuration.Cloud.Dns, configuration.Verify.Resolve);
        home = Path.GetFullPath(home);
        IToolRunner tools = new ToolRunner(clock);
        if (identity is not null)
        {
            tools = new RoleTools(tools, identity, configuration.Aws.Role!, Path.Combine(home, "work", configuration.Project), clock);
        }

        return new World(
            clock, home, variables, tools, session, new AwsAccount(session), store,
            new HttpProbe(resolver, configuration.Cloud.Authority));
    }

    // A job that may ask GitHub who it is, and a role that was named for it.
    private static GitHubIdentity? IdentityOf(MayflyConfiguration configuration, ToolEnvironment variables) =>
        configuration.Aws.Role is not null && variables["ACTIONS_ID_TOKEN_REQUEST_URL"] is { } address
            && variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] is { } bearer
            ? new GitHubIdentity(GitHub, new Uri(address), bearer)
            : null;
}
