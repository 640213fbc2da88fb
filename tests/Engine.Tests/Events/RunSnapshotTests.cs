using System.Text.Json;
using Mayfly.Engine.Events;

namespace Mayfly.Engine.Tests.Events;

public sealed class RunSnapshotTests
{
    [Fact]
    public void A_run_is_what_its_events_say()
    {
        var run = RunStories.Fold(RunStories.Reachable);

        Assert.Equal(["identity", "reconcile", "apply:aws", "verify"], run.Stages.Select(stage => stage.Name));
        Assert.Equal("reachable", run.Outcome);
        var apply = run.Stages[2];
        Assert.Equal((StageState.Changed, 2, 1), (apply.State, apply.Attempts, apply.Completed));
        Assert.Equal(38.9 + 65.9, apply.Seconds, 3);
        Assert.Equal(["wait for the rate to fall; try again"], apply.Remedies);
        Assert.Equal("pr-42-node", run.Adopted.Single().ImportId);
        Assert.Empty(apply.Active);
    }

    [Fact]
    public void In_the_middle_the_resources_being_worked_on_are_known()
    {
        var run = RunStories.Fold(RunStories.Reachable.Take(12));

        Assert.Equal("aws_eks_cluster.main", run.Stages[^1].Active.Single().Address);
        Assert.Equal(1, run.Stages[^1].Completed);
        Assert.Equal(8.8, run.Stages[^1].SpentAt(RunStories.Start.AddSeconds(10)), 3);
    }

    [Fact]
    public void An_event_that_arrives_twice_counts_once()
    {
        var twice = RunStories.Reachable.SelectMany(happened => new[] { happened, happened });

        Assert.Equal(RunResult.Line(RunStories.Fold(RunStories.Reachable)), RunResult.Line(RunStories.Fold(twice)));
    }

    [Fact]
    public void A_failure_names_the_stage_that_it_stopped() => Assert.Equal("deploy", RunStories.Fold(RunStories.Broken).FailedStage);

    [Fact]
    public void The_result_has_every_field_of_the_surface_and_no_other()
    {
        using var result = JsonDocument.Parse(RunResult.Line(RunStories.Fold(RunStories.Broken)));

        Assert.Equal(
            ["type", "environment", "outcome", "url", "commit", "changed", "stages", "adopted", "pruned", "failure"],
            result.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["name", "outcome", "seconds", "attempts", "remedies"],
            result.RootElement.GetProperty("stages")[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["class", "disposition", "stage", "summary", "evidence", "tried", "next"],
            result.RootElement.GetProperty("failure").EnumerateObject().Select(property => property.Name));
        Assert.Equal("fail_permanent_user", result.RootElement.GetProperty("failure").GetProperty("disposition").GetString());
    }

    [Fact]
    public void A_run_that_was_cut_off_says_interrupted()
    {
        using var result = JsonDocument.Parse(RunResult.Line(RunStories.Fold(RunStories.Reachable.Take(9))));

        Assert.Equal("interrupted", result.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("interrupted", result.RootElement.GetProperty("stages")[2].GetProperty("outcome").GetString());
    }
}
