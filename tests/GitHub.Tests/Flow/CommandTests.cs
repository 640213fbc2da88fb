using Mayfly.GitHub.Tests.Client;

namespace Mayfly.GitHub.Tests.Flow;

/// <summary>What people ask for in comments.</summary>
public sealed class CommandTests(SharedContract shared) : FlowTest(shared)
{
    [Fact]
    public async Task Up_and_down_keep_the_label_in_step()
    {
        await PlayAsync(Says("/preview up"));
        Assert.Equal(["preview"], Pull.Labels);
        Assert.True(Engine.There.ContainsKey("pr-42"));

        await PlayAsync(Says("/preview down"));
        Assert.Empty(Pull.Labels);
        Assert.Empty(Engine.There);
        Assert.All(World.Comments.Where(comment => comment.Body.StartsWith('/')), comment => Assert.Equal(["+1"], comment.Reactions));
    }

    [Fact]
    public async Task Explain_and_help_are_answered_by_a_reply()
    {
        Pull.Labels.Add("preview");

        await PlayAsync(Says("/preview explain"));
        await PlayAsync(Says("/preview help"));

        Assert.Contains("the first broken link", World.Comments[1].Body);
        Assert.Contains("/preview extend 24h", World.Comments[3].Body);
    }

    [Fact]
    public async Task Who_may_not_command_gets_a_reaction_and_no_words()
    {
        await PlayAsync(Says("/preview up", author: "stranger"));

        Assert.Equal(["confused"], Assert.Single(World.Comments).Reactions);
        Assert.Empty(Engine.Runs);
        Assert.Empty(Pull.Labels);
    }

    [Fact]
    public async Task A_command_that_makes_no_sense_is_answered_without_repeating_it()
    {
        await PlayAsync(Says("/preview destroy @everyone"));

        Assert.Contains("There is no such command.", World.Comments[^1].Body);
        Assert.DoesNotContain("everyone", World.Comments[^1].Body);
    }

    [Theory]
    [InlineData("/preview redeploy", "redeploy pr-42")]
    [InlineData("/preview wake", "wake pr-42")]
    public async Task Redeploy_and_wake_are_wishes_of_a_run(string comment, string run)
    {
        Pull.Labels.Add("preview");

        await PlayAsync(Says(comment));

        Assert.Equal([run], Engine.Runs);
    }

    [Fact]
    public async Task Sleep_takes_the_green_deployment_back_and_a_wake_makes_a_new_one()
    {
        await LabelAsync();

        await PlayAsync(Says("/preview sleep"));
        Assert.Contains("pr-42 sleeps", Comment);
        Assert.DoesNotContain("is reachable", Comment);
        Assert.Equal("inactive", World.Deployments.Single().State);
        Assert.Equal(["success", "neutral"], World.Checks.Select(check => check.Conclusion));

        await PlayAsync(Says("/preview wake"));
        Assert.Contains("is reachable", Comment);
        Assert.Equal(["up pr-42", "sleep pr-42", "wake pr-42"], Engine.Runs);
    }

    [Fact]
    public async Task Extend_says_when_it_ends()
    {
        Pull.Labels.Add("preview");
        var ends = new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
        Engine.Facts = new Mayfly.GitHub.Flow.EnvironmentFacts(null, ends.AddDays(-1), ends, false);

        await PlayAsync(Says("/preview extend 24h"));
        Assert.Contains("It ends 2030-01-02 12:00 UTC", World.Comments[^1].Body);

        Engine.Facts = Mayfly.GitHub.Flow.EnvironmentFacts.None;
        await PlayAsync(Says("/preview extend 24h"));
        Assert.Equal("There is no environment to extend.", World.Comments[^1].Body);
    }
}
