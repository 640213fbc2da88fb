using Mayfly.GitHub.Client;
using Mayfly.GitHubStandIn;
using Octokit;

namespace Mayfly.GitHub.Tests.Client;

/// <summary>Every request that Mayfly makes, against GitHub's own description of its API.</summary>
public sealed class GitHubRepositoryTests(SharedContract shared) : StandInTest(shared)
{
    [Fact]
    public async Task A_pull_request_is_seen_as_it_is_now()
    {
        Pull.Labels.Add("preview");
        using var github = Open();

        var pull = Value(await github.PullAsync(42, Ct));

        Assert.True(pull.IsOpen);
        Assert.False(pull.IsFromFork);
        Assert.Equal((Pull.Head, Pull.Branch, "octocat"), (pull.HeadCommit, pull.HeadBranch, pull.Author!.Login));
        Assert.True(pull.Carries("preview"));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_fork_is_seen_even_when_it_is_gone(bool fork, bool gone)
    {
        (Pull.IsFromFork, Pull.ForkIsGone) = (fork, gone);
        using var github = Open();

        Assert.True(Value(await github.PullAsync(42, Ct)).IsFromFork);
    }

    [Theory]
    [InlineData("admin", true)]
    [InlineData("write", true)]
    [InlineData("read", false)]
    [InlineData("none", false)]
    [InlineData(null, false)]
    public async Task Only_admin_and_write_may_write(string? permission, bool may)
    {
        World.Permissions.Remove("octocat");
        if (permission is not null)
        {
            World.Permissions["octocat"] = permission;
        }

        using var github = Open();

        Assert.Equal(may, Value(await github.MayWriteAsync("octocat", Ct)));
    }

    [Fact]
    public async Task Names_with_odd_characters_are_asked_for_as_they_are()
    {
        World.Permissions["helper[bot]"] = "write";
        Pull.Labels.Add("needs a/b #1?");
        using var github = Open();

        Assert.True(Value(await github.MayWriteAsync("helper[bot]", Ct)));
        Value(await github.RemoveLabelAsync(42, "needs a/b #1?", Ct));

        Assert.Empty(Pull.Labels);
    }

    [Fact]
    public async Task Comments_are_found_by_their_mark_among_hundreds_and_changed_in_place()
    {
        for (var i = 0; i < 250; i++)
        {
            World.Comments.Add(new GitHubWorld.Comment(World.NextId(), 42, "octocat") { Body = "words" });
        }

        using var github = Open();
        var id = Value(await github.AddCommentAsync(42, "<!-- mark -->one", Ct));

        var found = Assert.Single(Value(await github.OwnCommentsAsync(42, "<!-- mark -->", Ct)));
        Value(await github.ChangeCommentAsync(found.Id, "<!-- mark -->two", Ct));
        Value(await github.ReactAsync(found.Id, ReactionType.Plus1, Ct));

        Assert.Equal(id, found.Id);
        Assert.Equal("<!-- mark -->two", World.Comments[^1].Body);
        Assert.Equal(["+1"], World.Comments[^1].Reactions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_strangers_comment_with_the_mark_is_not_taken_for_its_own(bool meIsKnown)
    {
        World.MeIsKnown = meIsKnown;
        World.Me = meIsKnown ? "deployer" : World.Me;
        World.Comments.Add(new GitHubWorld.Comment(World.NextId(), 42, "mallory") { Body = "<!-- mark --> forged" });
        using var github = Open();

        Assert.Empty(Value(await github.OwnCommentsAsync(42, "<!-- mark -->", Ct)));
        Value(await github.AddCommentAsync(42, "<!-- mark --> real", Ct));
        Assert.Equal("<!-- mark --> real", Assert.Single(Value(await github.OwnCommentsAsync(42, "<!-- mark -->", Ct))).Body);
    }

    [Fact]
    public async Task A_deployment_is_made_told_of_and_removed()
    {
        using var github = Open();
        var id = Value(await github.DeployAsync("preview/pr-42", Pull.Head, Ct));
        Value(await github.SayAsync(id, DeploymentState.InProgress, new string('x', 400), null, Ct));
        Value(await github.SayAsync(id, DeploymentState.Success, "reachable", "https://pr-42.example.com/", Ct));

        Assert.Equal(("success", "https://pr-42.example.com/"), World.Deployments.Single().Statuses[^1]);
        Assert.Equal([id], Value(await github.DeploymentsAsync("preview/pr-42", Ct)));
        Assert.Empty(Value(await github.DeploymentsAsync("preview/pr-43", Ct)));
        Assert.False((await github.RemoveDeploymentAsync(id, Ct)).Is(out _));
        Value(await github.SayAsync(id, DeploymentState.Inactive, "gone", null, Ct));
        Value(await github.RemoveDeploymentAsync(id, Ct));
        Value(await github.RemoveEnvironmentAsync("preview/pr-42", Ct));

        Assert.Empty(World.Deployments);
        Assert.Empty(World.Environments);
    }

    [Fact]
    public async Task A_check_is_begun_changed_and_concluded_with_annotations()
    {
        using var github = Open();
        var id = Value(await github.BeginCheckAsync("mayfly", Pull.Head, "run", new CheckText("at it", "s", null, []), Ct));
        Value(await github.ChangeCheckAsync(id, new CheckText("still at it", "s", "t", []), null, Ct));
        Assert.Equal("in_progress", World.Checks.Single().Status);

        var note = new CheckAnnotation("infra/main.tf", 3, 4, true, "No such thing", "It is not there.");
        Value(await github.ChangeCheckAsync(id, new CheckText("failed", "s", "t", [note]), CheckConclusion.Failure, Ct));

        var check = World.Checks.Single();
        Assert.Equal(("completed", "failure"), (check.Status, check.Conclusion));
        Assert.Equal("infra/main.tf", check.Annotations.Single()["path"]!.GetValue<string>());
        Assert.Equal("failure", check.Annotations.Single()["annotation_level"]!.GetValue<string>());
    }

    [Fact]
    public async Task Labels_are_put_on()
    {
        using var github = Open();

        Value(await github.AddLabelAsync(42, "preview", Ct));

        Assert.Equal(["preview"], Pull.Labels);
    }
}
