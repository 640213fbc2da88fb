using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Teardown;
using Mayfly.Engine.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Mayfly.Engine.Tests.Loop;

/// <summary>How a teardown ends, by what its stages say.</summary>
public sealed class TeardownTests
{
    private readonly FakeTimeProvider _clock = new() { AutoAdvanceAmount = TimeSpan.Zero };

    [Fact]
    public async Task What_resisted_on_the_way_is_no_failure_once_the_sweep_finds_nothing()
    {
        var resists = new FakeStage("destroy:aws", FakeStage.Fails(Disposition.NeedsHuman, "stuck", "aws_delete_dependency"));

        var end = await TearDownAsync([resists, new FakeStage("sweep", FakeStage.Moved), new FakeStage("forget", FakeStage.Moved)]);

        Assert.Equal(Ending.Holds, end.Ending);
    }

    [Fact]
    public async Task A_failure_after_the_sweep_counts()
    {
        var end = await TearDownAsync(
            [new FakeStage("sweep", FakeStage.Fine), new FakeStage("forget", FakeStage.Fails(Disposition.NeedsHuman, "state-not-empty", "aws_delete_dependency"))]);

        Assert.Equal((Ending.NeedsPerson, "forget"), (end.Ending, end.Stage));
    }

    [Fact]
    public async Task A_state_that_names_what_is_gone_has_terraform_look_once_more()
    {
        var destroy = new FakeStage("destroy:aws", FakeStage.Fails(Disposition.NeedsHuman, "stuck", "aws_delete_dependency"), FakeStage.Moved);
        var forget = new FakeStage("forget", FakeStage.Fails(Disposition.RetryAfterRepair, ForgetState.StaleRule, "aws_delete_dependency"), FakeStage.Moved);

        var end = await TearDownAsync([destroy, new FakeStage("sweep", FakeStage.Moved, FakeStage.Fine), forget]);

        Assert.Equal(Ending.Holds, end.Ending);
        Assert.Equal((2, 2), (destroy.Calls, forget.Calls));
    }

    private async Task<RunEnd> TearDownAsync(IStage[] stages)
    {
        var run = new Run("r1", new EnvironmentIdentity("pr-42", "b", "h", new PullRequest(42, "b", null)), new RunFeed(_clock));
        var running = new Converger(new BudgetSettings(), _clock, new Random(7)).TearDownAsync(run, stages, TestContext.Current.CancellationToken);
        while (!running.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await running;
    }
}
