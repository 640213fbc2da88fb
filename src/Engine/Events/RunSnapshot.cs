using System.Collections.Immutable;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Events;

/// <summary>
/// Where a run stands: the fold of its events, and the only one. Console, comment and dashboard render a snapshot, so they
/// cannot disagree.
/// </summary>
public sealed record RunSnapshot
{
    // As many as GitHub takes with one request; a person reads fewer.
    private const int MaxDiagnosed = 50;
    private const int MaxPlans = 20;

    /// <summary>A run of which nothing is known yet.</summary>
    public static RunSnapshot Empty { get; } = new();

    public string RunId { get; init; } = "";
    public string Command { get; init; } = "";
    public string Environment { get; init; } = "";
    public string PublicHost { get; init; } = "";
    public string? Commit { get; init; }

    /// <summary>When the run began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>When the last event happened.</summary>
    public DateTimeOffset Latest { get; init; }

    /// <summary>Number of the last event; older ones are not applied again.</summary>
    public long Sequence { get; init; }

    /// <summary>The stages in the order in which they first began.</summary>
    public ImmutableList<StageSnapshot> Stages { get; init; } = [];

    /// <summary>Addresses that were adopted, in order.</summary>
    public ImmutableList<Adopted> Adopted { get; init; } = [];

    /// <summary>Addresses that were pruned, in order.</summary>
    public ImmutableList<Pruned> Pruned { get; init; } = [];

    /// <summary>What terraform planned, in order; a stage that was tried again planned again. The first ones only.</summary>
    public ImmutableList<Planned> Plans { get; init; } = [];

    /// <summary>What tools found in files, in order; the first ones only.</summary>
    public ImmutableList<Diagnosed> Diagnosed { get; init; } = [];

    /// <summary>What went wrong beside the run, each once.</summary>
    public ImmutableList<string> Warnings { get; init; } = [];

    /// <summary>How it ended; null while it runs.</summary>
    public string? Outcome { get; init; }

    public string? Url { get; init; }
    public bool Changed { get; init; }
    public Failure? Failure { get; init; }

    /// <summary>True when the run only found out what another would do: what it adopts, prunes and changes is still to be done.</summary>
    public bool IsPlan => Command == "plan";

    /// <summary>The stage that the failure stopped; null when none did.</summary>
    public string? FailedStage => Failure is null ? null : Stages.LastOrDefault(stage => stage.State == StageState.Failed)?.Name;

    /// <summary>The snapshot after an event. An event that was applied already changes nothing.</summary>
    public RunSnapshot Apply(RunEvent happened)
    {
        if (happened.Sequence > 0 && happened.Sequence <= Sequence)
        {
            return this;
        }

        var now = happened.Time;
        var next = happened switch
        {
            // One feed may tell of a run after the other: of one that was withdrawn, and of the teardown that follows it.
            RunStarted e => Empty with
            {
                Warnings = Warnings,
                RunId = e.RunId,
                Command = e.Command,
                Environment = e.Environment,
                PublicHost = e.PublicHost,
                Commit = e.Commit,
                Started = now,
            },
            StageStarted e => In(e.Stage, stage => stage.Begin(e.Attempt, now)),
            ResourceChanged e => In(e.Stage, stage => stage.Move(e, now)),
            Noticed e => In(e.Stage, stage => stage with { Notices = stage.Notices.Add(e.Message) }),
            Remedied e => In(e.Stage, stage => stage with { Remedies = stage.Remedies.Add($"{e.Target}: {e.What}") }),
            Adopted e => this with { Adopted = Adopted.Add(e) },
            Pruned e => this with { Pruned = Pruned.Add(e) },
            Planned e => Plans.Count >= MaxPlans ? this : this with { Plans = Plans.Add(e) },
            VerdictReached e => In(e.Stage, stage => stage.Judge(e, now)),
            StageFinished e => In(e.Stage, stage => stage.End(e, now)),
            Diagnosed e => Diagnosed.Count >= MaxDiagnosed || Diagnosed.Any(known => known with { Sequence = 0, Time = default } == e with { Sequence = 0, Time = default })
                ? this : this with { Diagnosed = Diagnosed.Add(e) },
            Warned e => Warnings.Contains(e.Message) ? this : this with { Warnings = Warnings.Add(e.Message) },
            RunFinished e => this with { Outcome = e.Outcome, Url = e.Url, Changed = e.Changed, Failure = e.Failure },
            _ => this,
        };
        return next with { Sequence = Math.Max(Sequence, happened.Sequence), Latest = now };
    }

    private RunSnapshot In(string name, Func<StageSnapshot, StageSnapshot> change)
    {
        var index = Stages.FindIndex(stage => stage.Name == name);
        return this with
        {
            Stages = index < 0 ? Stages.Add(change(new StageSnapshot(name))) : Stages.SetItem(index, change(Stages[index])),
        };
    }
}
