using Mayfly.Engine.Configuration;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tests.Fakes;

namespace Mayfly.Engine.Tests.Loop;

/// <summary>How often the loop tries again: budgets by stage and rule, by class and by run.</summary>
public sealed class BudgetTests : ConvergerBench
{
    [Fact]
    public async Task Budgets_count_by_stage_and_rule_and_end_in_not_converged()
    {
        var stage = new FakeStage("apply", FakeStage.Fails(Disposition.RetryAfterWait));

        var end = await ConvergeAsync([stage], new BudgetSettings { PerRule = 2 });

        Assert.Equal(Ending.NotConverged, end.Ending);
        Assert.Equal(3, stage.Calls);
        Assert.Equal(2, end.Failure!.Tried.Count);
    }

    [Fact]
    public async Task An_attempt_that_wrote_has_half_the_tries()
    {
        var stage = new FakeStage("apply", FakeStage.Fails(Disposition.RetryAfterWait, wrote: true));

        await ConvergeAsync([stage], new BudgetSettings { PerRule = 4 });

        Assert.Equal(3, stage.Calls);
    }

    [Fact]
    public async Task What_no_rule_knows_is_tried_once_more_and_no_oftener()
    {
        var stage = new FakeStage("apply", FakeStage.Fails(Disposition.NeedsHuman, Failure.UnknownRule, Failure.UnknownClass));

        var end = await ConvergeAsync([stage]);

        Assert.Equal(2, stage.Calls);
        Assert.Equal(Ending.NotConverged, end.Ending);
    }

    [Fact]
    public async Task Retries_of_the_wholeRun_are_bounded()
    {
        var rule = 0;
        var stage = new ChangingStage("apply", () => FakeStage.Fails(Disposition.RetryAfterWait, $"rule-{rule++}"));

        var end = await ConvergeAsync([stage], new BudgetSettings { PerRun = 5 });

        Assert.Equal(6, rule);
        Assert.Equal(Ending.NotConverged, end.Ending);
    }

    [Fact]
    public async Task Retries_of_one_class_are_bounded_whatever_the_stage_and_the_rule()
    {
        var rule = 0;
        FakeStage[] stages = [.. Enumerable.Range(0, 9).Select(i => new FakeStage($"stage-{i}", FakeStage.Fails(Disposition.RetryAfterWait, $"rule-{rule++}"), FakeStage.Fine))];

        var end = await ConvergeAsync(stages, new BudgetSettings { PerClass = 4 });

        Assert.Equal((Ending.NotConverged, "stage-4"), (end.Ending, end.Stage));
        Assert.Equal([2, 2, 2, 2, 1, 0, 0, 0, 0], stages.Select(stage => stage.Calls));
    }

    [Fact]
    public async Task Each_thing_that_turns_out_to_exist_has_tries_of_its_own()
    {
        var number = 0;
        var stage = new ChangingStage("apply", () => number++ < 4 ? Exists($"aws_thing.t{number}") : new StageResult.Changed("made"));

        var end = await ConvergeAsync([new FakeStage("reconcile", new StageResult.Unchanged("")), stage], new BudgetSettings { PerRule = 1 });

        Assert.Equal((Ending.Holds, 5), (end.Ending, number));
    }

    [Fact]
    public async Task The_same_thing_that_exists_again_and_again_ends_the_run()
    {
        var number = 0;
        var stage = new ChangingStage("apply", () => number++ < 4 ? Exists("aws_thing.t") : new StageResult.Changed("made"));

        var end = await ConvergeAsync([new FakeStage("reconcile", new StageResult.Unchanged("")), stage], new BudgetSettings { PerRule = 1 });

        Assert.Equal((Ending.NotConverged, 2), (end.Ending, number));
    }

    private static StageResult.Failed Exists(string address)
    {
        var failed = (StageResult.Failed)FakeStage.Fails(Disposition.AdoptExisting, wrote: true);
        return failed with { Failure = failed.Failure with { Extract = new Dictionary<string, string> { ["address"] = address } } };
    }
}
