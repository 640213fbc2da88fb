using Mayfly.GitHub.Tests.Client;

namespace Mayfly.GitHub.Tests.Flow;

/// <summary>What a schedule ends.</summary>
public sealed class OutlivedTests(SharedContract shared) : FlowTest(shared)
{
    [Fact]
    public async Task An_environment_whose_time_is_over_is_removed_and_everything_that_was_said_is_taken_back()
    {
        await LabelAsync();
        Engine.Ends = DateTimeOffset.UtcNow.AddHours(1);
        Assert.Empty(await EndOutlivedAsync());
        Assert.Contains("is reachable", Comment);

        Engine.Ends = DateTimeOffset.UtcNow.AddHours(-1);
        Assert.Equal([42], await EndOutlivedAsync());

        Assert.Empty(Engine.There);
        Assert.Contains("pr-42 is gone", Comment);
        Assert.Contains("its time is over", Comment);
        Assert.Empty(World.Deployments);
        Assert.Equal(["success", "neutral"], World.Checks.Select(check => check.Conclusion));
        Assert.Empty(Pull.Labels);
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task One_that_was_extended_before_its_turn_stays()
    {
        await LabelAsync();
        Engine.Ends = DateTimeOffset.UtcNow.AddHours(-1);

        Assert.Equal([42], await EndOutlivedAsync(() => Engine.Ends = DateTimeOffset.UtcNow.AddHours(1)));

        Assert.Equal(["up pr-42"], Engine.Runs);
        Assert.Contains("is reachable", Comment);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_whose_pull_request_was_closed_or_lost_its_label_unseen_is_removed(bool closed)
    {
        await LabelAsync();
        if (closed)
        {
            Pull.IsOpen = false;
        }
        else
        {
            Pull.Labels.Clear();
        }

        await EndOutlivedAsync();

        Assert.Empty(Engine.There);
        Assert.Equal(closed ? ["preview"] : [], Pull.Labels);
        Assert.Contains("pr-42 is gone", Comment);
    }

    [Fact]
    public async Task Without_an_answer_of_GitHub_nothing_but_the_time_counts()
    {
        await LabelAsync();
        Pull.IsOpen = false;
        World.Pulls.Clear();

        Assert.Empty(await EndOutlivedAsync());
        Assert.Single(Warnings);

        Engine.Ends = DateTimeOffset.UtcNow.AddHours(-1);
        Assert.Equal([42], await EndOutlivedAsync());
        Assert.Empty(Engine.There);
    }
}
