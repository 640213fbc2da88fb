using System.Collections.Frozen;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Teardown;

namespace Mayfly.Engine;

/// <summary>How often a failure happened in this run, as far as a verdict depends on it.</summary>
/// <param name="OfRule">Failures of this rule in this stage, this one included.</param>
/// <param name="OfRun">Retries of the whole run so far.</param>
/// <param name="WroteSomething">True when the failed attempt had changed the world before.</param>
public sealed record Tries(int OfRule, int OfRun, bool WroteSomething)
{
    /// <summary>Failures of this class in the whole run, whatever the stage and the rule, this one included.</summary>
    public int OfClass { get; init; }
}

/// <summary>The only place that decides on retries. Pure: the same failure and counts give the same verdict, jitter apart.</summary>
public static class RetryRules
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Classes, and rules of the engine's own, whose remedy is the work of an earlier stage.</summary>
    private static readonly FrozenDictionary<string, string> Menders = new Dictionary<string, string>
    {
        [ForgetState.StaleRule] = StageNames.Destroy,
        ["state_lock_held"] = StageNames.Prune,
        ["state_lock_release_failed"] = StageNames.Prune,
        ["state_save_failed"] = StageNames.Prune,
        ["aws_pending_deletion"] = StageNames.Reconcile,
        ["webhook_unavailable"] = StageNames.Unblock,
        ["webhook_tls_untrusted"] = StageNames.Unblock,
        ["k8s_namespace_terminating"] = StageNames.Unblock,
        ["helm_operation_in_progress"] = StageNames.Unblock,
        ["k8s_provider_unconfigured"] = StageNames.Prune,
        ["eso_secret_missing"] = StageNames.Preflight,
        ["eso_provider_auth"] = StageNames.Preflight,
        ["eso_not_ready"] = StageNames.Preflight,
        ["image_pull_failed"] = StageNames.Preflight,
    }.ToFrozenDictionary();

    /// <summary>Where time itself is the remedy, and how much of it the first wait should give.</summary>
    private static readonly FrozenDictionary<string, TimeSpan> Patience = new Dictionary<string, TimeSpan>
    {
        ["aws_throttled"] = TimeSpan.FromSeconds(5),
        ["aws_capacity"] = TimeSpan.FromSeconds(30),
        ["iam_eventual_consistency"] = TimeSpan.FromSeconds(10),
        ["state_lock_held"] = TimeSpan.FromSeconds(10),
        ["state_digest_mismatch"] = TimeSpan.FromSeconds(30),
    }.ToFrozenDictionary();

    /// <summary>Decides what follows a failure.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="tries">How often.</param>
    /// <param name="budget">How often it may.</param>
    /// <param name="jitter">A number in [0,1): spreads runs that failed together.</param>
    public static Verdict Decide(Failure failure, Tries tries, BudgetSettings budget, double jitter)
    {
        // What no rule knows is tried once more: most of what happens once does not happen twice.
        var isUnknown = failure.Rule == Failure.UnknownRule;
        if (!isUnknown && failure.Disposition is (Disposition.FailPermanentUser or Disposition.FailPermanentQuota or Disposition.NeedsHuman))
        {
            return new Verdict.Stop("trying again cannot help", OutOfBudget: false);
        }

        if (isUnknown && tries.OfRule > 1)
        {
            return new Verdict.Stop("no rule knows this failure, and it came twice", OutOfBudget: true);
        }

        // An attempt that moved the world and still failed is not cheap: it gets half the tries.
        var allowed = tries.WroteSomething ? (budget.PerRule + 1) / 2 : budget.PerRule;
        if (tries.OfRule > allowed)
        {
            return new Verdict.Stop($"it came {tries.OfRule} times, {allowed} retries are allowed", OutOfBudget: true);
        }

        if (tries.OfClass > budget.PerClass)
        {
            return new Verdict.Stop($"{failure.Class} came {tries.OfClass} times in this run, {budget.PerClass} retries are allowed", OutOfBudget: true);
        }

        if (tries.OfRun >= budget.PerRun)
        {
            return new Verdict.Stop($"the run has used its {budget.PerRun} retries", OutOfBudget: true);
        }

        var delay = Wait(failure, tries.OfRule, jitter);
        return failure.Disposition switch
        {
            Disposition.AdoptExisting => new Verdict.ResumeFrom(StageNames.Reconcile, delay),
            Disposition.PruneState => new Verdict.ResumeFrom(StageNames.Prune, delay),
            Disposition.RetryAfterRepair when Menders.TryGetValue(failure.Rule, out var stage) || Menders.TryGetValue(failure.Class, out stage) => new Verdict.ResumeFrom(stage, delay),
            _ => new Verdict.RetryAfter(delay),
        };
    }

    /// <summary>Doubles with every try, up to a minute; a quarter of it is chance.</summary>
    public static TimeSpan Wait(Failure failure, int attempt, double jitter)
    {
        var first = Patience.GetValueOrDefault(failure.Class, FirstWait);
        var wait = Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 10)), Math.Max(LongestWait.TotalSeconds, first.TotalSeconds));
        return TimeSpan.FromSeconds(wait * (0.875 + (0.25 * jitter)));
    }
}
