using Mayfly.GitHub.Client;
using Mayfly.GitHubStandIn;
using Mayfly.GitHub.Tests.Client;

[assembly: AssemblyFixture(typeof(SharedContract))]

namespace Mayfly.GitHub.Tests.Client;

/// <summary>GitHub's description, read once for all tests.</summary>
public sealed class SharedContract
{
    /// <summary>The description.</summary>
    public GitHubContract Contract { get; } = GitHubContract.Read(GitHubFiles.OpenApi);
}

/// <summary>A test with a GitHub of its own. It fails when a request was not as GitHub describes it.</summary>
public abstract class StandInTest(SharedContract shared) : IAsyncLifetime
{
    protected GitHubServer Server { get; private set; } = null!;

    protected GitHubWorld World => Server.World;

    protected GitHubWorld.Pull Pull { get; } = new(42);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Server = await GitHubServer.StartAsync(shared.Contract);
        World.Pulls[42] = Pull;
        World.Permissions["octocat"] = "write";
    }

    public async ValueTask DisposeAsync()
    {
        Assert.True(Server.Violations.Count == 0, string.Join("\n", Server.Violations));
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected GitHubAccess Access => new(Server.Address, "octo", "app", Server.Token, "https://github.com/octo/app/actions/runs/1");

    protected GitHubRepository Open(TimeSpan? patience = null) => new(Access, TimeProvider.System, patience);

    protected static T Value<T>(GitHubAnswer<T> answer)
    {
        Assert.True(answer.Is(out var value), answer.Trouble);
        return value;
    }
}
