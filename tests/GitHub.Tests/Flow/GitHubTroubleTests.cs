using Mayfly.Engine;
using Mayfly.GitHub.Tests.Client;
using Mayfly.GitHubStandIn;

namespace Mayfly.GitHub.Tests.Flow;

/// <summary>A run does not fail because GitHub did.</summary>
public sealed class GitHubTroubleTests(SharedContract shared) : FlowTest(shared)
{
    [Theory]
    [InlineData(Trouble.SecondaryLimit)]
    [InlineData(Trouble.PrimaryLimit)]
    [InlineData(Trouble.Forbidden)]
    [InlineData(Trouble.NotFound)]
    public async Task Without_any_answer_the_label_still_converges_and_closing_still_removes(Trouble trouble)
    {
        Server.Fail(trouble, (_, _) => true, wait: TimeSpan.FromHours(1));

        var end = await LabelAsync();
        Assert.Equal(Ending.Holds, end!.Ending);
        Assert.True(Engine.There.ContainsKey("pr-42"));
        Assert.NotEmpty(Warnings);

        Pull.IsOpen = false;
        end = await PlayAsync(Event("closed"));
        Assert.Equal(Ending.Holds, end!.Ending);
        Assert.Empty(Engine.There);
    }

    [Theory]
    [InlineData("comments")]
    [InlineData("deployments")]
    [InlineData("check-runs")]
    public async Task One_permission_that_is_missing_costs_only_what_it_is_for(string what)
    {
        Server.Fail(Trouble.Forbidden, (_, path) => path.Contains(what, StringComparison.Ordinal));

        var end = await LabelAsync();

        Assert.Equal(Ending.Holds, end!.Ending);
        Assert.NotEmpty(Warnings);
        Assert.All(Warnings, warning => Assert.EndsWith("the token may not", warning));
        Assert.Equal(what == "comments" ? 0 : 1, World.Comments.Count);
        Assert.Equal(what == "deployments" ? 0 : 1, World.Deployments.Count);
        Assert.Equal(what == "check-runs" ? 0 : 1, World.Checks.Count);
    }

    [Fact]
    public async Task A_comment_whose_answer_was_lost_is_found_again_and_stays_the_only_one()
    {
        Server.Fail(Trouble.LostAnswer, (method, path) => method == "POST" && path.EndsWith("/comments", StringComparison.Ordinal), times: 1);

        await LabelAsync();

        Assert.Contains("is reachable", Comment);
    }

    [Fact]
    public async Task A_comment_that_somebody_removed_is_written_anew()
    {
        Engine.OnStage = stage => World.Comments.RemoveAll(_ => stage == "verify");

        await LabelAsync();
        await PlayAsync(Says("/preview redeploy"));

        Assert.Contains("is reachable", Comment);
    }

    [Fact]
    public async Task In_a_locked_conversation_the_run_goes_on_without_a_comment()
    {
        Pull.IsLocked = true;

        var end = await LabelAsync();

        Assert.Equal(Ending.Holds, end!.Ending);
        Assert.Contains("could not write a comment: the token may not", Warnings);
        Assert.Equal("success", World.Checks.Single().Conclusion);
    }

    [Fact]
    public async Task Limits_that_end_soon_are_waited_for_and_cost_nothing()
    {
        Server.Fail(Trouble.SecondaryLimit, (method, _) => method == "POST", times: 2);

        await LabelAsync();

        Assert.Contains("is reachable", Comment);
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task What_is_switched_off_is_not_asked_for()
    {
        Settings = Settings with { Comment = false, Deployments = false, Check = null };

        await LabelAsync();

        Assert.All(Server.Requests, request => Assert.StartsWith("GET", request));
    }
}
