using Mayfly.Engine.Events;

namespace Mayfly.GitHub.Conversation;

/// <summary>What there is to tell of an environment on its pull request. Comment, deployment and check are made of one and the same.</summary>
public sealed record PullReport
{
    /// <summary>The env id.</summary>
    public required string Environment { get; init; }

    /// <summary>The label that asks for it.</summary>
    public required string Label { get; init; }

    /// <summary>The pull request's newest commit.</summary>
    public string? Commit { get; init; }

    /// <summary>Where the run is or how it ended; empty when there is none to tell of.</summary>
    public RunSnapshot Run { get; init; } = RunSnapshot.Empty;

    /// <summary>Why this run: a sentence of Mayfly's own.</summary>
    public string Because { get; init; } = "";

    /// <summary>The commit of a fork that waits for somebody's approval.</summary>
    public string? Waiting { get; init; }

    /// <summary>Why the run was withdrawn, or what came between: a sentence of Mayfly's own.</summary>
    public string? Withdrawn { get; init; }

    /// <summary>What an hour of it costs, in US dollars; null when that is not known.</summary>
    public decimal? CostAnHour { get; init; }

    /// <summary>Since when it has been there.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it ends by itself; null: with its pull request.</summary>
    public DateTimeOffset? Ends { get; init; }

    /// <summary>True while it sleeps.</summary>
    public bool Sleeps { get; init; }

    /// <summary>False: it is said only where something was said before, since nobody asked for this environment.</summary>
    public bool IsNews { get; init; } = true;

    /// <summary>The page of the workflow's run.</summary>
    public string? RunUrl { get; init; }

    /// <summary>True when the run ended as wanted and the environment can be opened.</summary>
    public bool IsReachable => Run is { Command: "up", Outcome: "reachable" } && Withdrawn is null;

    /// <summary>True when the environment is proven to be gone.</summary>
    public bool IsGone => Run is { Command: "down", Outcome: "gone" };
}
