using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tests.Fakes;

namespace Mayfly.Engine.Tests.Loop;

/// <summary>The loop: the order of stages, where it goes on after a failure, how it ends.</summary>
public sealed class ConvergerTests : ConvergerBench
{
    [Fact]
    public async Task StagesRun_once_each_in_their_order_and_aRun_that_moved_nothing_is_unchanged()
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
        Assert.True(Clock.GetUtcNow() - Clock.Start >= TimeSpan.FromSeconds(1));
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
    public async Task Credentials_are_renewed_after_the_wait_and_before_the_retry_and_the_events_say_so()
    {
        var order = new List<string>();
        var stage = new FakeStage("apply", FakeStage.Fails(Disposition.RefreshCredentials, @class: "aws_credentials"), FakeStage.Moved) { OnRun = () => order.Add("apply") };
        var events = Feed.Subscribe();
        var started = Clock.GetUtcNow();
        var converger = new Converger(new BudgetSettings(), Clock, new Random(7), renewCredentials: _ =>
        {
            order.Add($"renew after {(Clock.GetUtcNow() - started).TotalSeconds >= 1}");
            return Task.CompletedTask;
        });

        var end = await AdvancingAsync(converger.ConvergeAsync(Run, [stage], TestContext.Current.CancellationToken));
        Feed.Complete();

        Assert.Equal(Ending.Holds, end.Ending);
        Assert.Equal(["apply", "renew after True", "apply"], order);
        Assert.Contains(await events.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken),
            e => e is Noticed { Message: "asked for new credentials" });
    }

    [Fact]
    public async Task Waits_grow_from_one_retry_to_the_next_and_each_stands_in_the_events()
    {
        var events = Feed.Subscribe();
        await ConvergeAsync([new FakeStage("apply", FakeStage.Fails(Disposition.RetryAfterWait, @class: "aws_throttled"))], new BudgetSettings { PerRule = 5 });
        Feed.Complete();

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

        var end = await AdvancingAsync(new Converger(new BudgetSettings(), Clock, new Random(7), rules)
            .ConvergeAsync(Run, [stage], TestContext.Current.CancellationToken));

        Assert.Equal((1, Ending.NeedsPerson, "our-quota"), (stage.Calls, end.Ending, end.Failure!.Rule));
    }

    [Fact]
    public async Task What_is_not_wanted_any_more_stops_before_the_next_stage()
    {
        var why = Failure.Of("pull-request-closed", "withdrawn", Disposition.None, "the pull request was closed");
        var (apply, deploy) = (new FakeStage("apply", FakeStage.Moved), new FakeStage("deploy", FakeStage.Moved));

        var end = await AdvancingAsync(new Converger(new BudgetSettings(), Clock, new Random(7)) { StillWanted = _ => Task.FromResult(apply.Calls > 0 ? why : null) }
            .ConvergeAsync(Run, [apply, deploy], TestContext.Current.CancellationToken));

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
        var events = Feed.Subscribe();
        await ConvergeAsync([new FakeStage("apply", FakeStage.Fails(Disposition.RetryAfterWait), FakeStage.Moved)]);
        Feed.Complete();

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
    public async Task An_interrupted_wait_ends_theRun()
    {
        using var cancel = new CancellationTokenSource();
        var stage = new FakeStage("apply", FakeStage.Fails(Disposition.RetryAfterWait)) { OnRun = cancel.Cancel };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Converger(new BudgetSettings()).ConvergeAsync(Run, [stage], cancel.Token));
    }
}
