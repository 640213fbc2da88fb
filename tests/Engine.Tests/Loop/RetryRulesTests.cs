using CsCheck;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tests.Loop;

public sealed class RetryRulesTests
{
    private static readonly string[] Classes =
        ["aws_throttled", "aws_already_exists", "state_lock_held", "webhook_unavailable", "helm_wait_timeout"];

    private static readonly Gen<Failure> Failures = Gen.Select(
        Gen.Enum<Disposition>(),
        Gen.Int[0, Classes.Length - 1],
        (disposition, index) => Failure.Of("rule", Classes[index], disposition, "s", "n"));

    [Fact]
    public void No_budget_lasts_for_ever() =>
        Gen.Select(Failures, Gen.Int[0, 20], Gen.Int[0, 30], Gen.Bool).Sample((failure, perRule, perRun, wrote) =>
        {
            var budget = new BudgetSettings { PerRule = perRule, PerRun = perRun };
            Assert.IsType<Verdict.Stop>(RetryRules.Decide(failure, new Tries(perRule + 1, 0, wrote), budget, 0.5));
            Assert.IsType<Verdict.Stop>(RetryRules.Decide(failure, new Tries(1, perRun, wrote), budget, 0.5));
        });

    [Fact]
    public void Permanent_failures_are_never_tried_again() =>
        Gen.Select(Failures, Gen.Int[1, 5], Gen.Double[0, 0.999]).Sample((failure, seen, jitter) =>
        {
            if (failure.Disposition is Disposition.FailPermanentUser or Disposition.FailPermanentQuota or Disposition.NeedsHuman)
            {
                Assert.IsType<Verdict.Stop>(RetryRules.Decide(failure, new Tries(seen, 0, false), new BudgetSettings(), jitter));
            }
        });

    [Fact]
    public void Waits_grow_and_stay_within_a_quarter_of_chance() =>
        Gen.Select(Failures, Gen.Int[1, 50], Gen.Double[0, 0.999]).Sample((failure, attempt, jitter) =>
        {
            var wait = RetryRules.Wait(failure, attempt, jitter);
            var plain = RetryRules.Wait(failure, attempt, 0.5);
            Assert.InRange(wait.TotalSeconds, plain.TotalSeconds * 0.87, plain.TotalSeconds * 1.13);
            Assert.True(RetryRules.Wait(failure, attempt + 1, 0.5) >= plain);
            Assert.True(wait <= TimeSpan.FromSeconds(70));
        });

    [Theory]
    [InlineData(Disposition.AdoptExisting, "aws_already_exists", "reconcile")]
    [InlineData(Disposition.PruneState, "aws_resource_gone", "prune")]
    [InlineData(Disposition.RetryAfterRepair, "state_lock_held", "prune")]
    [InlineData(Disposition.RetryAfterRepair, "webhook_unavailable", "reconcile:unblock")]
    [InlineData(Disposition.RetryAfterRepair, "k8s_namespace_terminating", "reconcile:unblock")]
    [InlineData(Disposition.RetryAfterRepair, "eso_secret_missing", "preflight")]
    public void A_remedy_is_the_work_of_an_earlier_stage(Disposition disposition, string @class, string stage)
    {
        var verdict = RetryRules.Decide(Failure.Of("r", @class, disposition, "s"), new Tries(1, 0, false), new BudgetSettings(), 0.5);

        Assert.Equal(stage, Assert.IsType<Verdict.ResumeFrom>(verdict).Stage);
    }
}
