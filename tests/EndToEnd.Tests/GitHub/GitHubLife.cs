using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.GitHubStandIn;

namespace Mayfly.EndToEnd.Tests.GitHub;

/// <summary>A local cloud, and a GitHub with pull request 42 beside it; events are played as a workflow's job does.</summary>
public sealed class GitHubLife : LocalCloudFixture
{
    public const string Commit = "1111111111111111111111111111111111111111";

    /// <summary>GitHub.</summary>
    public GitHubServer GitHub { get; private set; } = null!;

    /// <summary>The pull request.</summary>
    public GitHubWorld.Pull Pull { get; } = new(42) { Head = Commit };

    /// <summary>What Mayfly's comment says now.</summary>
    public string Comment => GitHub.World.Comments.Single(comment => comment.Body.Contains("<!-- mayfly", StringComparison.Ordinal)).Body;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        GitHub = await GitHubServer.StartAsync(GitHubContract.Read(Path.Combine(Home, "tools", "github-api", "openapi.json")));
        GitHub.World.Pulls[42] = Pull;
        GitHub.World.Permissions["octocat"] = "write";
    }

    public override async ValueTask DisposeAsync()
    {
        await GitHub.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>An event of the pull request as it is now.</summary>
    public Task<MayflyRun> EventAsync(string action, string? label = null) => PlayAsync("pull_request_target", new
    {
        action,
        number = 42,
        label = new { name = label },
        sender = new { login = "octocat", type = "User" },
        pull_request = new
        {
            number = 42,
            state = Pull.IsOpen ? "open" : "closed",
            head = new { sha = Pull.Head, @ref = Pull.Branch, repo = new { id = 1 } },
            @base = new { sha = Commit, @ref = "main", repo = new { id = 1 } },
            labels = Pull.Labels.Select(name => new { name }),
        },
    });

    /// <summary>Somebody with write permission comments.</summary>
    public Task<MayflyRun> SayAsync(string body)
    {
        var comment = new GitHubWorld.Comment(GitHub.World.NextId(), 42, "octocat") { Body = body };
        GitHub.World.Comments.Add(comment);
        var octocat = new { login = "octocat", type = "User" };
        return PlayAsync("issue_comment", new
        {
            action = "created",
            issue = new { number = 42, pull_request = new { } },
            comment = new { id = comment.Id, body, user = octocat },
            sender = octocat,
        });
    }

    private async Task<MayflyRun> PlayAsync(string name, object payload)
    {
        var file = Path.Combine(Home, "event.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(payload));
        var mayfly = new MayflyProgram(Home, Repository.Directory)
        {
            Variables = new Dictionary<string, string>
            {
                ["GITHUB_EVENT_NAME"] = name,
                ["GITHUB_EVENT_PATH"] = file,
                ["GITHUB_API_URL"] = GitHub.Address.AbsoluteUri,
                ["GITHUB_REPOSITORY"] = "octo/app",
                ["GITHUB_TOKEN"] = GitHub.Token,
            },
        };
        return await mayfly.RunAsync(CancellationToken.None, "github", "--local");
    }
}
