using System.Collections.Immutable;

namespace Mayfly.Engine.Events;

/// <summary>Where a stage stands.</summary>
public enum StageState
{
    /// <summary>It works.</summary>
    Running,

    /// <summary>It failed and will be tried again.</summary>
    Waiting,

    /// <summary>The world already matched.</summary>
    Unchanged,

    /// <summary>The world was moved.</summary>
    Changed,

    /// <summary>It stopped the run.</summary>
    Failed,
}

/// <summary>A resource that a stage is working on.</summary>
public sealed record ResourceSnapshot(string Address, string Action, DateTimeOffset Since);

/// <summary>One stage within a snapshot.</summary>
public sealed record StageSnapshot(string Name)
{
    public StageState State { get; init; }

    /// <summary>Number of the running or last attempt, from 1.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>What came of it, in words.</summary>
    public string Detail { get; init; } = "";

    /// <summary>When the running attempt, or the pause before the next one, began.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Seconds that earlier and ended attempts took.</summary>
    public double Seconds { get; init; }

    /// <summary>What was mended, and what was decided after each failure, oldest first.</summary>
    public ImmutableList<string> Remedies { get; init; } = [];

    public ImmutableList<string> Notices { get; init; } = [];

    /// <summary>Resources that are being worked on, oldest first.</summary>
    public ImmutableList<ResourceSnapshot> Active { get; init; } = [];

    /// <summary>Resources that are done.</summary>
    public int Completed { get; init; }

    /// <summary>Seconds spent until a moment, pauses left out.</summary>
    public double SpentAt(DateTimeOffset now) =>
        State == StageState.Running && Since != default ? Seconds + Math.Max(0, (now - Since).TotalSeconds) : Seconds;

    internal StageSnapshot Begin(int attempt, DateTimeOffset now) =>
        this with { State = StageState.Running, Attempts = attempt, Since = now, Detail = "", Active = [], Completed = 0 };

    internal StageSnapshot Move(ResourceChanged moved, DateTimeOffset now)
    {
        var rest = Active.RemoveAll(resource => resource.Address == moved.Address);
        return moved.Phase switch
        {
            "completed" => this with { Active = rest, Completed = Completed + 1 },
            "failed" => this with { Active = rest },
            _ when rest.Count < Active.Count => this,
            _ => this with { Active = Active.Add(new ResourceSnapshot(moved.Address, moved.Action, now.AddSeconds(-moved.Seconds))) },
        };
    }

    internal StageSnapshot Judge(VerdictReached verdict, DateTimeOffset now) => this with
    {
        State = StageState.Waiting,
        Seconds = SpentAt(now),
        Since = now,
        Detail = verdict.Failure.Summary,
        Remedies = Remedies.Add(verdict.Failure.Remedy.Length > 0 ? $"{verdict.Failure.Remedy}; {verdict.Verdict}" : verdict.Verdict),
        Active = [],
    };

    internal StageSnapshot End(StageFinished finished, DateTimeOffset now) => this with
    {
        State = finished.Outcome switch
        {
            "unchanged" => StageState.Unchanged,
            "changed" => StageState.Changed,
            _ => StageState.Failed,
        },
        Detail = finished.Detail,
        Seconds = State == StageState.Running ? SpentAt(now) : Seconds,
        Attempts = finished.Attempts,
        Active = [],
    };
}
