using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine;

/// <summary>
/// The loop: runs the stages in order, and is the only one to decide what follows a failure. Converging stops at the first failure
/// that nothing mends; a teardown keeps going, since what else can go shall go, and fails at the end.
/// </summary>
/// <param name="budget">How often it may try again.</param>
/// <param name="clock">Waits between tries.</param>
/// <param name="chance">Spreads runs that failed together.</param>
/// <param name="userRules">The configuration's own failure rules; they come before the built-in ones.</param>
/// <param name="renewCredentials">Gets new credentials: the remedy of those that have expired, and no stage's work.</param>
public sealed class Converger(
    BudgetSettings budget, TimeProvider clock, Random chance, IReadOnlyList<FailureRule>? userRules = null,
    Func<CancellationToken, Task>? renewCredentials = null)
{
    private readonly Dictionary<string, int> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Stage, string Rule, string? Subject), int> _tries = [];
    private readonly Dictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly List<string> _tried = [];
    private int _retries;
    private bool _changed;

    /// <summary>Asked before each stage of converging whether it is still wanted; a failure says why not. Null: it always is.</summary>
    public Func<CancellationToken, Task<Failure?>>? StillWanted { get; init; }

    /// <summary>Completes a failure before it is reported: of which stage, what it is, and whether the run ends with it; null: nobody does.</summary>
    public Func<string, Failure, bool, CancellationToken, Task<Failure>>? Tell { get; init; }

    /// <summary>The stage that runs, or ran last; null before the first.</summary>
    public string? CurrentStage { get; private set; }

    /// <summary>True once a stage wrote something.</summary>
    public bool HasChanged => _changed;

    /// <summary>Runs stages until the last one holds or one stops the run.</summary>
    public async Task<RunEnd> ConvergeAsync(Run run, IReadOnlyList<IStage> stages, CancellationToken ct)
    {
        for (var i = 0; i < stages.Count;)
        {
            if (StillWanted is { } ask && await ask(ct) is { } why)
            {
                return new RunEnd(Ending.Withdrawn, stages[i].Name, why, _changed);
            }

            var step = await StepAsync(run, stages, i, ct);
            if (step.Stopped is { } failure)
            {
                return new RunEnd(EndingOf(failure, step.OutOfBudget, stages[i]), stages[i].Name, failure, _changed);
            }

            i = step.Next;
        }

        return new RunEnd(Ending.Holds, null, null, _changed);
    }

    /// <summary>Runs every stage, whatever becomes of the others; the first failure names the end.</summary>
    public async Task<RunEnd> TearDownAsync(Run run, IReadOnlyList<IStage> stages, CancellationToken ct)
    {
        RunEnd? first = null;
        for (var i = 0; i < stages.Count;)
        {
            var step = await StepAsync(run, stages, i, ct);
            if (step.Stopped is { } failure)
            {
                var end = new RunEnd(EndingOf(failure, step.OutOfBudget, stages[i]), stages[i].Name, failure, _changed);
                if (end.Ending is Ending.Held or Ending.Invalid || stages[i].Name == StageNames.Identity
                    || failure.Rule == Terraform.UnreadableState)
                {
                    return end;
                }

                // What the sweep finds says more than the failure that left it.
                first = end.Ending is Ending.Left || first is null ? end : first;
            }

            if (step.Passed && stages[i].Name == StageNames.Sweep)
            {
                // Nothing is left: what resisted on the way is gone all the same.
                first = null;
            }

            i = step.Stopped is null ? step.Next : i + 1;
        }

        return (first ?? new RunEnd(Ending.Holds, null, null, _changed)) with { Changed = _changed };
    }

    private async Task<Step> StepAsync(Run run, IReadOnlyList<IStage> stages, int index, CancellationToken ct)
    {
        var stage = stages[index];
        CurrentStage = stage.Name;
        var attempt = _attempts[stage.Name] = _attempts.GetValueOrDefault(stage.Name) + 1;
        var started = clock.GetTimestamp();
        run.Report(new StageStarted(stage.Name, attempt));
        var result = await AttemptAsync(stage, run, ct);
        _changed |= result is StageResult.Changed or StageResult.Failed { WroteSomething: true };

        if (result is not StageResult.Failed failed)
        {
            run.Report(Finished(stage, result, started, attempt));
            return new Step(index + 1, null, false) { Passed = true };
        }

        failed = failed with { Failure = ByUserRules(failed.Failure) };

        // What turns out to exist is adopted, and the next thing that does is another matter: each is a step ahead.
        var subject = failed.Failure.Disposition is Disposition.AdoptExisting ? failed.Failure.Extract.GetValueOrDefault("address") : null;
        var key = (stage.Name, failed.Failure.Rule, subject);
        var seen = _tries[key] = _tries.GetValueOrDefault(key) + 1;
        var ofClass = _classes[failed.Failure.Class] = _classes.GetValueOrDefault(failed.Failure.Class) + 1;
        var verdict = RetryRules.Decide(failed.Failure, new Tries(seen, _retries, failed.WroteSomething) { OfClass = ofClass }, budget, chance.NextDouble());
        var told = Tell is null ? failed.Failure : await Tell(stage.Name, failed.Failure, verdict is Verdict.Stop, ct);
        var failure = told with { Tried = [.. _tried] };
        var (next, delay, words) = Carry(verdict, stages, index);
        run.Report(new VerdictReached(stage.Name, failure, words, delay.TotalSeconds));
        if (verdict is Verdict.Stop stop)
        {
            run.Report(Finished(stage, failed, started, attempt));
            return new Step(index, failure, stop.OutOfBudget);
        }

        _retries++;
        _tried.Add($"{stage.Name}: {failure.Summary} -> {words}");
        await Task.Delay(delay, clock, ct);
        if (failed.Failure.Disposition is Disposition.RefreshCredentials && renewCredentials is not null)
        {
            await renewCredentials(ct);
            run.Report(new Noticed(stage.Name, "asked for new credentials"));
        }

        return new Step(next, null, false);
    }

    private Failure ByUserRules(Failure failure)
    {
        if (userRules is not { Count: > 0 })
        {
            return failure;
        }

        var text = string.Join('\n', failure.Evidence.Prepend(failure.Summary));
        var theirs = FailureClassifier.Classify(failure.Tool, text, userRules);
        return userRules.Any(rule => rule.Name == theirs.Rule)
            ? theirs with { Summary = failure.Summary, Evidence = failure.Evidence, Tool = failure.Tool }
            : failure;
    }

    private static async Task<StageResult> AttemptAsync(IStage stage, Run run, CancellationToken ct)
    {
        try
        {
            return await stage.RunAsync(run, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is { } failure)
        {
            // A client library threw in the middle of the stage, and nobody knows what it had written by then.
            return new StageResult.Failed(failure);
        }
    }

    private static (int Next, TimeSpan Delay, string Words) Carry(Verdict verdict, IReadOnlyList<IStage> stages, int index) => verdict switch
    {
        Verdict.ResumeFrom(var name, var delay) when Find(stages, name, index) is { } earlier =>
            (earlier, delay, $"go back to {stages[earlier].Name}"),
        Verdict.ResumeFrom(_, var delay) => (index, delay, "try again"),
        Verdict.RetryAfter(var delay) => (index, delay, "try again"),
        Verdict.Stop(var why, _) => (index, TimeSpan.Zero, $"stop: {why}"),
        _ => throw new InvalidOperationException($"unknown verdict {verdict}"),
    };

    // The nearest one before the failed stage; a layered stage is found by its first word.
    private static int? Find(IReadOnlyList<IStage> stages, string name, int before)
    {
        for (var i = before - 1; i >= 0; i--)
        {
            if (stages[i].Name == name || stages[i].Name.StartsWith(name + ":", StringComparison.Ordinal))
            {
                return i;
            }
        }

        return null;
    }

    private Ending EndingOf(Failure failure, bool outOfBudget, IStage stage) => failure.Rule switch
    {
        LeaseFailures.HeldRule => Ending.Held,
        LeaseFailures.LostRule => Ending.NotConverged,
        _ when stage.Name == StageNames.Verify => Ending.NotReachable,
        _ when stage.Name == StageNames.Sweep => Ending.Left,
        _ when failure.Class == "config_invalid" && !_changed => Ending.Invalid,
        _ => outOfBudget ? Ending.NotConverged : Ending.NeedsPerson,
    };

    private StageFinished Finished(IStage stage, StageResult result, long started, int attempts)
    {
        var (outcome, detail) = result switch
        {
            StageResult.Unchanged(var why) => ("unchanged", why),
            StageResult.Changed(var what) => ("changed", what),
            StageResult.Failed(var failure) => ("failed", failure.Summary),
            _ => throw new InvalidOperationException($"unknown result {result}"),
        };
        return new StageFinished(stage.Name, outcome, detail, clock.GetElapsedTime(started).TotalSeconds, attempts);
    }

    private readonly record struct Step(int Next, Failure? Stopped, bool OutOfBudget)
    {
        public bool Passed { get; init; }
    }
}
