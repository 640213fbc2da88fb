using Mayfly.GitHub.Tests.Client;

namespace Mayfly.GitHub.Tests.Flow;

/// <summary>Pull requests from forks.</summary>
public sealed class ForkTests(SharedContract shared) : FlowTest(shared)
{
    private const string Newer = "2222222222222222222222222222222222222222";

    [Fact]
    public async Task A_fork_waits_is_approved_and_waits_again_after_a_push()
    {
        Pull.IsFromFork = true;
        await LabelAsync(sender: "stranger");
        Assert.Empty(Engine.Runs);
        Assert.Contains($"/preview up {Pull.Head}", Comment);
        Assert.Equal("action_required", World.Checks.Single().Conclusion);

        await PlayAsync(Says($"/preview up {Pull.Head}"));
        Assert.Equal(["up pr-42"], Engine.Runs);
        Assert.Contains("is reachable", Comment);

        Pull.Head = Newer;
        await PlayAsync(Event("synchronize", sender: "stranger"));
        Assert.Equal(["up pr-42"], Engine.Runs);
        Assert.Contains($"/preview up {Newer}", Comment);
        Assert.Equal(("action_required", Newer), (World.Checks[^1].Conclusion, World.Checks[^1].Commit));
    }

    [Fact]
    public async Task An_approval_that_a_push_overtakes_while_it_is_made_stops()
    {
        Pull.IsFromFork = true;
        Engine.OnStage = stage => Pull.Head = stage == "identity" ? Newer : Pull.Head;

        await LabelAsync();

        Assert.DoesNotContain("is reachable", Comment);
        Assert.DoesNotContain(World.Checks, check => check.Conclusion == "success");
    }

    [Fact]
    public async Task The_label_of_somebody_with_write_permission_approves_what_it_was_put_on()
    {
        Pull.IsFromFork = true;

        await LabelAsync();

        Assert.Equal(["up pr-42"], Engine.Runs);
    }
}
