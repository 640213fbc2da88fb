using Mayfly.Engine;
using Mayfly.Engine.Failures;
using Mayfly.GitHub.Tests.Client;

namespace Mayfly.GitHub.Tests.Flow;

/// <summary>From label to closed, and what comes between.</summary>
public sealed class LifeTests(SharedContract shared) : FlowTest(shared)
{
    private const string Newer = "2222222222222222222222222222222222222222";

    [Fact]
    public async Task From_label_to_closed_one_comment_tells_all_and_nothing_is_left()
    {
        await LabelAsync();
        Assert.Contains("pr-42 is reachable", Comment);
        Assert.Contains("<https://pr-42.example.com/>", Comment);
        Assert.Equal(("success", "https://pr-42.example.com/"), World.Deployments.Single().Statuses[^1]);
        Assert.Equal(("success", Pull.Head), (World.Checks.Single().Conclusion, World.Checks.Single().Commit));

        Pull.Head = Newer;
        await PlayAsync(Event("synchronize"));
        Assert.Equal(["inactive", "success"], World.Deployments.Select(deployment => deployment.State));
        Assert.Equal(Newer, Engine.There["pr-42"]);

        Pull.IsOpen = false;
        await PlayAsync(Event("closed"));
        Assert.Contains("pr-42 is gone", Comment);
        Assert.Empty(World.Deployments);
        Assert.Empty(World.Environments);
        Assert.Empty(Engine.There);
        Assert.Empty(Warnings);
        Assert.Equal(["up pr-42", "up pr-42", "down pr-42"], Engine.Runs);
    }

    [Fact]
    public async Task Taking_the_label_off_removes_it()
    {
        await LabelAsync();
        Pull.Labels.Clear();

        await PlayAsync(Event("unlabeled", "preview"));

        Assert.Empty(Engine.There);
        Assert.Equal(["success", "neutral"], World.Checks.Select(check => check.Conclusion));
        Assert.Equal(Pull.Head, World.Checks[^1].Commit);
        Assert.DoesNotContain("https://", World.Checks[^1].Output!.ToJsonString());
    }

    [Theory]
    [InlineData("identity", true)]
    [InlineData("apply", false)]
    [InlineData("verify", true)]
    public async Task Closed_while_it_is_being_made_it_does_not_come_back(string stage, bool closed)
    {
        Engine.OnStage = name =>
        {
            if (name == stage && closed)
            {
                Pull.IsOpen = false;
            }
            else if (name == stage)
            {
                Pull.Labels.Clear();
            }
        };

        var end = await LabelAsync();

        Assert.Equal(Ending.Holds, end!.Ending);
        Assert.Empty(Engine.There);
        Assert.Equal(["up pr-42", "down pr-42"], Engine.Runs);
        Assert.Contains("pr-42 is gone", Comment);
        Assert.DoesNotContain(World.Checks, check => check.Conclusion == "success");
        Assert.Empty(World.Deployments);
    }

    [Theory]
    [InlineData("apply")]
    [InlineData("verify")]
    public async Task A_push_while_it_is_being_made_stops_the_run_which_says_nothing_green(string stage)
    {
        Engine.OnStage = name => Pull.Head = name == stage ? Newer : Pull.Head;

        await LabelAsync();

        Assert.DoesNotContain("is reachable", Comment);
        Assert.Contains("A newer commit was pushed", Comment);
        Assert.Equal("cancelled", World.Checks.Single().Conclusion);
        Assert.Equal("inactive", World.Deployments.Single().State);
        Assert.Equal(["up pr-42"], Engine.Runs);
    }

    [Fact]
    public async Task A_run_that_starts_late_finds_a_newer_commit_and_stops()
    {
        Pull.Labels.Add("preview");
        var late = Event("synchronize");
        Pull.Head = Newer;

        Assert.Null(await PlayAsync(late));

        Assert.Empty(Engine.Runs);
        Assert.Empty(World.Comments);
    }

    [Fact]
    public async Task A_failed_run_takes_an_older_green_comment_deployment_and_check_back()
    {
        await LabelAsync();
        Engine.Broken = Failure.Of("helm-timeout", "helm_timeout", Disposition.NeedsHuman, "the release did not become ready", "Look at the pods.");

        var end = await PlayAsync(Says("/preview redeploy"));

        Assert.Equal(Ending.NeedsPerson, end!.Ending);
        Assert.Contains("needs somebody", Comment);
        Assert.Contains("the release did not become ready", Comment);
        Assert.DoesNotContain("is reachable", Comment);
        Assert.Equal(["inactive", "failure"], World.Deployments.Select(deployment => deployment.State));
        Assert.Equal(["success", "failure"], World.Checks.Select(check => check.Conclusion));
        var note = Assert.Single(World.Checks[^1].Annotations);
        Assert.Equal(("infra/main.tf", 3), (note["path"]!.GetValue<string>(), note["start_line"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Closing_a_pull_request_that_never_had_one_says_nothing()
    {
        Pull.IsOpen = false;

        await PlayAsync(Event("closed"));

        Assert.Empty(World.Comments);
        Assert.Empty(World.Deployments);
    }

    [Fact]
    public async Task The_comment_shows_cost_age_and_end()
    {
        var now = DateTimeOffset.UtcNow;
        Engine.Facts = new Mayfly.GitHub.Flow.EnvironmentFacts(0.34m, now.AddHours(-10), now.AddHours(14), false);

        await LabelAsync();

        Assert.Contains("costs about $0.34 an hour, about $3.40 so far", Comment);
        Assert.Contains($"ends {now.AddHours(14):yyyy-MM-dd HH:mm} UTC", Comment);
    }
}
