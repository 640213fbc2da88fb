using Mayfly.Engine.Events;
using Mayfly.Engine.Explanation;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Secrets;
using Mayfly.Engine.Stages;

namespace Mayfly.Engine;

/// <summary>
/// One run over one environment, from its first event to its last: what every front calls. It watches the deadline and the lease,
/// and on the way out, however that comes, it saves the journal and gives the lease back.
/// </summary>
public sealed class EnvironmentRun(World world, Blueprint blueprint, ISecretContract secrets, RunFeed feed)
{
    // A run that was interrupted still says so and frees the environment; it does not hang on a dead network for that.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    /// <summary>Asked before each stage of converging whether it is still wanted; a failure says why not. Null: it always is.</summary>
    public Func<CancellationToken, Task<Failure?>>? StillWanted { get; init; }

    /// <summary>Converges the environment.</summary>
    public Task<RunEnd> UpAsync(CancellationToken ct) =>
        RunAsync("up", "reachable", parts => Pipelines.Converge(parts), tearsDown: false, ct);

    /// <summary>Removes the environment and proves it.</summary>
    public Task<RunEnd> DownAsync(CancellationToken ct) =>
        RunAsync("down", "gone", parts => Pipelines.TearDown(parts), tearsDown: true, ct);

    /// <summary>Finds out what converging would do; writes nothing. "Changed" in its end means that there is something to do.</summary>
    public Task<RunEnd> PlanAsync(CancellationToken ct) =>
        RunAsync("plan", "planned", parts => Pipelines.Plan(parts), tearsDown: false, ct);

    /// <summary>Converges, and starts the application anew.</summary>
    public Task<RunEnd> RedeployAsync(CancellationToken ct) =>
        RunAsync("up", "reachable", parts => Pipelines.Redeploy(parts), tearsDown: false, ct);

    /// <summary>Stops the application and its nodes; <see cref="UpAsync"/> starts them again.</summary>
    public Task<RunEnd> SleepAsync(CancellationToken ct) =>
        RunAsync("sleep", "asleep", parts => Pipelines.Sleep(parts), tearsDown: false, ct);

    /// <summary>Runs one stage of the loop.</summary>
    public Task<RunEnd> StageAsync(string stage, CancellationToken ct) =>
        RunAsync(stage, "done", parts => Pipelines.Single(parts, stage), tearsDown: false, ct);

    private async Task<RunEnd> RunAsync(
        string command, string good, Func<RunParts, IReadOnlyList<IStage>> pipeline, bool tearsDown, CancellationToken ct)
    {
        var run = new Run(Guid.CreateVersion7(world.Clock.GetUtcNow()).ToString("n"), blueprint.Environment, feed);
        using var github = new HttpClient();
        var workflows = new WorkflowRuns(github, world.Variables);
        var terms = new LeaseTerms(run.Id, command, Holder.ThisProcess(), blueprint.Configuration.State.LeaseTtl, workflows.Own, workflows);
        await using var parts = new RunParts(world, blueprint, secrets, terms);
        var journal = FollowAsync(parts);
        run.Report(new RunStarted(
            run.Id, command, blueprint.Environment.Id, blueprint.Environment.IsHostUnknown ? "" : blueprint.Environment.PublicHost, blueprint.Environment.PullRequest.Commit));

        var end = await BoundedAsync(run, parts, pipeline(parts), tearsDown, ct);
        run.Report(new RunFinished(Outcome(end, good), end.Ending == Ending.Holds && !tearsDown && command is not ("plan" or "sleep") ? blueprint.Url : null, end.Changed, end.Failure));
        feed.Complete();
        await journal;
        if (parts.Lease.IsHeld)
        {
            // A run that went well has put them back already; this is for one that was stopped in between.
            await TryAsync(token => parts.Unblocking.LeaveAsync(parts, token));
        }

        if (parts.Lease.IsHeld && command is "up" or "sleep")
        {
            await RememberAsync(sleeps: command == "sleep" && end.Ending == Ending.Holds);
        }

        await LeaveAsync(parts, tearsDown && end.Ending == Ending.Holds);
        return end;
    }

    private async Task<RunEnd> BoundedAsync(Run run, RunParts parts, IReadOnlyList<IStage> stages, bool tearsDown, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(blueprint.Configuration.Budget.Run, world.Clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token, parts.Lease.Lost);
        var known = new KnownSecrets(parts.Secrets, blueprint, parts.Door, feed.Redactor ?? new Redactor());
        var story = new FailureStory(known, new Explainer(parts.World, blueprint, parts.Door, known).WalkAsync, world.Clock);
        var converger = new Converger(
            blueprint.Configuration.Budget, world.Clock, Random.Shared, FailureRules.From(blueprint.Configuration.Failures),
            parts.RenewCredentialsAsync)
        {
            StillWanted = StillWanted,
            Tell = story.TellAsync,
        };
        void Tell() => run.Report(new Noticed(converger.CurrentStage ?? "", "AWS says that the session has ended; new credentials"));
        world.Session.SessionEnded += Tell;
        try
        {
            return tearsDown
                ? await converger.TearDownAsync(run, stages, any.Token)
                : await converger.ConvergeAsync(run, stages, any.Token);
        }
        catch (OperationCanceledException) when (any.IsCancellationRequested || parts.Lease.Lost.IsCancellationRequested)
        {
            var stage = converger.CurrentStage;

            // Who holds the lease was about to write, and nobody can say how far it came.
            return ct.IsCancellationRequested ? new RunEnd(Ending.Interrupted, stage, null, converger.HasChanged || parts.Lease.IsHeld)
                : parts.Lease.Lost.IsCancellationRequested ? new RunEnd(Ending.NotConverged, stage, LeaseFailures.Lost(), converger.HasChanged)
                : new RunEnd(Ending.NotConverged, stage, await OutOfTimeAsync(story, stage, ct), converger.HasChanged);
        }
        finally
        {
            world.Session.SessionEnded -= Tell;
        }
    }

    // Also of a run that failed: what it made costs, and ends, like any other.
    private Task RememberAsync(bool sleeps) => TryAsync(async ct =>
    {
        var now = await world.Store.NowAsync(ct);
        await Lifetimes.EnvironmentRecord.ChangeAsync(
            world.Store, RunParts.RecordKey(blueprint),
            known => (known ?? new Lifetimes.EnvironmentRecord(now, now + blueprint.Configuration.Environment.Ttl, false)) with { Sleeps = sleeps }, ct);
    });

    private Task LeaveAsync(RunParts parts, bool gone) => TryAsync(async ct =>
    {
        if (gone)
        {
            await world.Store.DeleteAsync(RunParts.JournalKey(blueprint), ct);
            await parts.Lease.RemoveAsync(ct);
        }
        else if (parts.Lease.IsHeld)
        {
            await parts.Journal.SaveAsync(ct);
            await parts.Lease.ReleaseAsync(ct);
        }
    });

    // The journal is saved at each stage's end, so that a run that is killed leaves word of how far it came.
    private async Task FollowAsync(RunParts parts)
    {
        await foreach (var happened in feed.Subscribe().ReadAllAsync())
        {
            parts.Journal.Add(happened);
            if (happened is StageFinished && parts.Lease.IsHeld)
            {
                await TryAsync(parts.Journal.SaveAsync);
            }
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> write)
    {
        using var limit = new CancellationTokenSource(LastWords, world.Clock);
        try
        {
            await write(limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException || OutsideWorld.Classify(e) is not null)
        {
            // Nothing here may hide how the run ends: what cannot be written is written by the next run, and a lease runs out.
        }
    }

    private async Task<Failure> OutOfTimeAsync(FailureStory story, string? stage, CancellationToken ct)
    {
        try
        {
            return await story.TellAsync(stage ?? "", OutOfTime(stage), ends: true, ct);
        }
        catch (OperationCanceledException)
        {
            return OutOfTime(stage);
        }
    }

    private Failure OutOfTime(string? stage) => Failure.Of("run-out-of-time", Failure.UnknownClass, Disposition.RetryAfterWait,
        $"the run used up its {blueprint.Configuration.Budget.Run.TotalMinutes:0} minutes in stage {stage}",
        "Run the command again: it goes on from there.", "Raise budget.run in mayfly.yaml if runs need longer.");

    /// <summary>The outcome's name in the result object.</summary>
    public static string Outcome(RunEnd end, string good) => end.Ending switch
    {
        Ending.Holds => good,
        Ending.Invalid => "invalid",
        Ending.NeedsPerson => "failed",
        Ending.NotConverged => "not_converged",
        Ending.NotReachable => "unreachable",
        Ending.Held => "held",
        Ending.Left => "left",
        Ending.Withdrawn => "withdrawn",
        Ending.Interrupted => "interrupted",
        _ => throw new InvalidOperationException($"unknown ending {end.Ending}"),
    };
}
