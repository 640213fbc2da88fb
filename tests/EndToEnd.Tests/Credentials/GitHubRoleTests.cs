using System.Net;
using Amazon.SecurityToken.Model;
using Mayfly.Aws;
using Mayfly.EndToEnd.Tests.Adoption;
using Mayfly.EndToEnd.Tests.Locks;
using Mayfly.Engine;
using Mayfly.Engine.Events;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Tools;

namespace Mayfly.EndToEnd.Tests.Credentials;

/// <summary>A workflow's role: sessions that are renewed, for Mayfly and for the terraform that it runs.</summary>
public sealed class GitHubRoleTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const string Role = "arn:aws:iam::123456789012:role/mayfly";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_of_the_role_is_renewed_with_a_new_identity()
    {
        using var github = new GitHub();
        using var http = new HttpClient(github);
        var options = moto.Session.Options with { Credentials = null };
        var session = new AwsSession(options with { Credentials = new GitHubRoleCredentials(Identity(http), Role, options) });
        using var sts = session.CreateSts();

        var first = await session.GetCredentialsAsync(Ct);
        Assert.Contains("assumed-role/mayfly/mayfly", (await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Ct)).Arn);
        Assert.Equal(1, github.Asked);

        session.RenewCredentials();
        var second = await session.GetCredentialsAsync(Ct);

        Assert.Equal(2, github.Asked);
        Assert.NotEqual(first.AccessKey, second.AccessKey);
        Assert.Contains("assumed-role/mayfly/mayfly", (await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Ct)).Arn);
    }

    [Fact]
    public async Task Terraform_works_with_the_role_alone_and_gets_a_session_of_its_own()
    {
        using var stack = new SmallStack(moto.Session, LockKind.File, TimeSpan.FromSeconds(60), TimeSpan.FromHours(2), "test -n \"$AWS_WEB_IDENTITY_TOKEN_FILE\" && test -z \"$AWS_ACCESS_KEY_ID\"");
        await stack.CreateAsync(Ct);
        using var github = new GitHub();
        using var http = new HttpClient(github);
        var (world, blueprint) = stack.Engine(tools => new RoleTools(tools, Identity(http), Role, stack.PathOf("tokens"), TimeProvider.System));
        var roots = new TerraformRoots(world, blueprint);
        var reporter = new StageReporter(new Run("r", blueprint.Environment, new RunFeed(TimeProvider.System)), "apply");

        var opened = await roots.OpenAsync(roots.Layers[0], reporter, Ct);
        Assert.True(opened.Is(out var terraform, out var failure), failure?.ToString());
        var planned = await terraform!.PlanAsync([], destroy: false, reporter, Ct);
        Assert.True(planned.Is(out var plan, out failure), failure?.ToString());
        var applied = await terraform.ApplyAsync(plan!, reporter, Ct);

        Assert.Null(applied.Failure);
        Assert.True(github.Asked >= 3);
        Assert.Empty(Directory.EnumerateFiles(stack.PathOf("tokens")));
    }

    private static GitHubIdentity Identity(HttpClient http) => new(http, new Uri("https://github.example/token?job=1"), "secret");

    /// <summary>GitHub's token service. moto reads a token's form and checks no signature.</summary>
    private sealed class GitHub : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent("""{"value":"eyJhbGciOiJub25lIn0.eyJzdWIiOiJyZXBvOm8vciIsImlzcyI6Imh0dHBzOi8vdG9rZW4uYWN0aW9ucy5naXRodWJ1c2VyY29udGVudC5jb20ifQ.c2ln"}"""),
            });
        }
    }
}
