using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Mayfly.Engine.Tests.Loop;

public sealed class ConvergerTests
{
    private readonly FakeTimeProvider _clock = new() { AutoAdvanceAmount = TimeSpan.Zero };
    private readonly RunFeed _feed;
    private readonly Run _run;

    public ConvergerTests()
    {
        _feed = new RunFeed(_clock);
        _run = new Run("r1", new EnvironmentIdentity("pr-42", "b", "h", new PullRequest(42, "b", null)), _feed);
    }

    [Fact]
    public async Task Stages_run_once_each_in_their_order_and_a_run_that_moved_nothing_is_unchanged()
    {
        var order = new List<string>();
        FakeStage[] stages = [Recorded("identity"), Recorded("apply"), Recorded("verify")];

        var end = await ConvergeAsync(stages);

        Assert.Equal(new RunEnd(Ending.Holds, null, null, Changed: false), end);
        Assert.Equal(["identity", "apply", "verify"], order);

        FakeStage Recorded(string name) => new(name, FakeStage.Fine) { OnRun = () => order.Add(name) };
    }

    [Fact]
    public async Task A_failure_that_waiting_mends_is_tried_again_after_a_wait()
    {
        var stage = new FakeStage("apply", FakeStage.Fails(Disposition.RetryAfterWait), FakeStage.Moved);

        var end = await ConvergeAsync([stage]);

        Assert.Equal(Ending.Holds, end.Ending);
        Assert.True(end.Changed);
        Assert.Equal(2, stage.Calls);
        Assert.True(_clock.GetUtcNow() - _clock.Start >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_exists_already_goes_back_to_the_nearest_reconcile()
    {
        var first = new FakeStage("reconcile:aws", FakeStage.Fine);
        var second = new FakeStage("reconcile:cluster", FakeStage.Fine);
        var apply = new FakeStage("apply:cluster", FakeStage.Fails(Disposition.AdoptExisting, wrote: true), FakeStage.Moved);

        var end = await ConvergeAsync([first, new FakeStage("apply:aws", FakeStage.Fine), second, apply]);

        Assert.Equal(Ending.Holds, end.Ending);
        Assert.Equal((1, 2, 2), (first.Calls, second.Calls, apply.Calls));
    }

    [Fact]
    public async Task A_resume_never_goes_forward()
    {
        var prune = new FakeStage("prune", FakeStage.Fails(Disposition.AdoptExisting), FakeStage.Fine);
        var reconcile = new FakeStage("reconcile", FakeStage.Fine);

        await ConvergeAsync([prune, reconcile]);

        Assert.Equal((2, 1), (prune.Calls, reconcile.Calls));
    }

    [Theory]
    [InlineData(Disposition.FailPermanentUser)]
    [InlineData(Disposition.FailPermanentQuota)]
    [InlineData(Disposition.NeedsHuman)]
    public async Task A_permanent_failure_stops_at_once_and_asks_for_a_person(Disposition disposition)
    {
        var stage = new FakeStage("apply", FakeStage.Fails(disposition, @class: "aws_access_denied"));
        var later = new FakeStage("deploy", FakeStage.Fine);

        var end = await ConvergeAsync([stage, later]);

        Assert.Equal((Ending.NeedsPerson, "apply"), (end.Ending, end.Stage));
        Assert.Equal((1, 0), (stage.Calls, later.Calls));
    }

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
    public async Task Retries_of_the_whole_run_are_bounded()
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
    public async Task Credentials_are_renewed_after_the_wait_and_before_the_retry_and_the_events_say_so()
    {
        var order = new List<string>();
        var stage = new FakeStage("apply", FakeStage.Fails(Disposition.RefreshCredentials, @class: "aws_credentials"), FakeStage.Moved) { OnRun = () => order.Add("apply") };
        var events = _feed.Subscribe();
        var started = _clock.GetUtcNow();
        var converger = new Converger(new BudgetSettings(), _clock, new Random(7), renewCredentials: _ =>
        {
            order.Add($"renew after {(_clock.GetUtcNow() - started).TotalSeconds >= 1}");
            return Task.CompletedTask;
        });

        var end = await AdvancingAsync(converger.ConvergeAsync(_run, [stage], TestContext.Current.CancellationToken));
        _feed.Complete();

        Assert.Equal(Ending.Holds, end.Ending);
        Assert.Equal(["apply", "renew after True", "apply"], order);
        Assert.Contains(await events.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken),
            e => e is Noticed { Message: "asked for new credentials" });
    }

    [Fact]
    public async Task Waits_grow_from_one_retry_to_the_next_and_each_stands_in_the_events()
    {
        var events = _feed.Subscribe();
        await ConvergeAsync([new FakeStage("apply", FakeStage.Fails(Disposition.RetryAfterWait, @class: "aws_throttled"))], new BudgetSettings { PerRule = 5 });
        _feed.Complete();

        var waits = (await events.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken))
            .OfType<VerdictReached>().Select(verdict => verdict.WaitSeconds).ToList();

        Assert.Equal(6, waits.Count);
        Assert.Equal(0, waits[^1]);
        Assert.All(waits.Zip(waits.Skip(1)).SkipLast(2), pair => Assert.InRange(pair.Second / pair.First, 1.5, 2.6));
    }

    [Fact]
    public async Task Endings_name_the_gate_the_holder_and_the_configuration()
    {
        var permanent = FakeStage.Fails(Disposition.NeedsHuman, "verify-dns", "dns_not_resolving");
        Assert.Equal(Ending.NotReachable, (await ConvergeAsync([new FakeStage("verify", permanent)])).Ending);
        Assert.Equal(Ending.Held, (await ConvergeAsync([new FakeStage("identity", new StageResult.Failed(LeaseFailures.Held(null, TimeSpan.Zero)))])).Ending);
        Assert.Equal(Ending.Invalid, (await ConvergeAsync(
            [new FakeStage("apply", FakeStage.Fails(Disposition.FailPermanentUser, @class: "config_invalid"))])).Ending);
        Assert.Equal(Ending.NeedsPerson, (await ConvergeAsync(
            [new FakeStage("prune", FakeStage.Moved), new FakeStage("apply", FakeStage.Fails(Disposition.FailPermanentUser, @class: "config_invalid"))])).Ending);
    }

    [Fact]
    public async Task A_rule_of_the_configuration_comes_before_what_is_built_in()
    {
        var rules = FailureRules.From([new FailureRuleSettings
        {
            Name = "our-quota",
            Match = ["it broke"],
            Class = "aws_quota_exceeded",
            Disposition = "fail_permanent_quota",
            Next = "Ask the platform team.",
        }]);
        var stage = new FakeStage("apply", FakeStage.Fails(Disposition.RetryAfterWait));

        var end = await AdvancingAsync(new Converger(new BudgetSettings(), _clock, new Random(7), rules)
            .ConvergeAsync(_run, [stage], TestContext.Current.CancellationToken));

        Assert.Equal((1, Ending.NeedsPerson, "our-quota"), (stage.Calls, end.Ending, end.Failure!.Rule));
    }

    [Fact]
    public async Task What_is_not_wanted_any_more_stops_before_the_next_stage()
    {
        var why = Failure.Of("pull-request-closed", "withdrawn", Disposition.None, "the pull request was closed");
        var (apply, deploy) = (new FakeStage("apply", FakeStage.Moved), new FakeStage("deploy", FakeStage.Moved));

        var end = await AdvancingAsync(new Converger(new BudgetSettings(), _clock, new Random(7)) { StillWanted = _ => Task.FromResult(apply.Calls > 0 ? why : null) }
            .ConvergeAsync(_run, [apply, deploy], TestContext.Current.CancellationToken));

        Assert.Equal(new RunEnd(Ending.Withdrawn, "deploy", why, Changed: true), end);
        Assert.Equal((1, 0), (apply.Calls, deploy.Calls));
    }

    [Fact]
    public async Task A_teardown_goes_on_after_a_failure_and_ends_with_what_the_sweep_left()
    {
        var broken = FakeStage.Fails(Disposition.NeedsHuman, "stuck", "aws_delete_dependency");
        var destroy = new FakeStage("destroy:aws", FakeStage.Moved);
        var sweep = new FakeStage("sweep", FakeStage.Fails(Disposition.NeedsHuman, "left-behind", "aws_delete_dependency"));
        var forget = new FakeStage("forget", FakeStage.Fine);

        var end = await TearDownAsync([new FakeStage("release", broken), destroy, sweep, forget]);

        Assert.Equal((Ending.Left, "sweep"), (end.Ending, end.Stage));
        Assert.True(end.Changed);
        Assert.Equal((1, 1, 1), (destroy.Calls, sweep.Calls, forget.Calls));
    }

    [Fact]
    public async Task A_teardown_that_may_not_write_stops_at_once()
    {
        var destroy = new FakeStage("destroy:aws", FakeStage.Moved);

        var end = await TearDownAsync(
            [new FakeStage("identity", new StageResult.Failed(LeaseFailures.Held(null, TimeSpan.Zero))), destroy]);

        Assert.Equal((Ending.Held, 0), (end.Ending, destroy.Calls));
    }

    [Fact]
    public async Task The_events_tell_the_whole_story_in_order()
    {
        var events = _feed.Subscribe();
        await ConvergeAsync([new FakeStage("apply", FakeStage.Fails(Disposition.RetryAfterWait), FakeStage.Moved)]);
        _feed.Complete();

        var story = await events.ReadAllAsync(TestContext.Current.CancellationToken).Select(e => e switch
        {
            StageStarted(var stage, var attempt) => $"{stage} {attempt}",
            VerdictReached(_, var failure, var verdict, _) => $"{failure.Rule}: {verdict}",
            StageFinished(var stage, var outcome, _, _, var attempts) => $"{stage} {outcome} after {attempts}",
            _ => e.GetType().Name,
        }).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["apply 1", "some-rule: try again", "apply 2", "apply changed after 2"], story);
    }

    [Fact]
    public async Task An_interrupted_wait_ends_the_run()
    {
        using var cancel = new CancellationTokenSource();
        var stage = new FakeStage("apply", FakeStage.Fails(Disposition.RetryAfterWait)) { OnRun = cancel.Cancel };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Converger(new BudgetSettings()).ConvergeAsync(_run, [stage], cancel.Token));
    }

    private Task<RunEnd> ConvergeAsync(IReadOnlyList<IStage> stages, BudgetSettings? budget = null) =>
        AdvancingAsync(Converger(budget ?? new BudgetSettings()).ConvergeAsync(_run, stages, TestContext.Current.CancellationToken));

    private Task<RunEnd> TearDownAsync(IReadOnlyList<IStage> stages) =>
        AdvancingAsync(Converger(new BudgetSettings()).TearDownAsync(_run, stages, TestContext.Current.CancellationToken));

    private Converger Converger(BudgetSettings budget) => new(budget, _clock, new Random(7));

    // The loop waits on the fake clock only, so moving that on is all it takes to come to the end.
    private async Task<RunEnd> AdvancingAsync(Task<RunEnd> running)
    {
        while (!running.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await running;
    }

    private sealed class ChangingStage(string name, Func<StageResult> next) : IStage
    {
        public string Name => name;

        public Task<StageResult> RunAsync(Run run, CancellationToken ct) => Task.FromResult(next());
    }
}
