using Mayfly.Engine;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.GitHub.Decisions;

namespace Mayfly.GitHub.Flow;

/// <summary>What a flow asks of the engine; a front makes it of its configuration and its credentials.</summary>
public interface IEnvironments
{
    /// <summary>The names of a pull request's environment.</summary>
    EnvironmentIdentity Identify(int number, string branch, string? commit);

    /// <summary>The name of GitHub's environment for it.</summary>
    string DeploymentEnvironment(EnvironmentIdentity identity);

    /// <summary>A feed that takes secret values out of what it carries.</summary>
    RunFeed NewFeed();

    /// <summary>Converges; asked before each stage whether it is still wanted.</summary>
    /// <param name="identity">Which.</param>
    /// <param name="wish">Where a run begins when it is to do more than converge.</param>
    /// <param name="stillWanted">Says why not, when it is not.</param>
    /// <param name="feed">Gets the run's events, and is complete when the run has ended.</param>
    /// <param name="ct">Stops it.</param>
    Task<RunEnd> UpAsync(
        EnvironmentIdentity identity, Wish wish, Func<CancellationToken, Task<Failure?>> stillWanted, RunFeed feed, CancellationToken ct);

    /// <summary>Removes it and proves that.</summary>
    Task<RunEnd> DownAsync(EnvironmentIdentity identity, RunFeed feed, CancellationToken ct);

    /// <summary>Stops what costs by the hour.</summary>
    Task<RunEnd> SleepAsync(EnvironmentIdentity identity, RunFeed feed, CancellationToken ct);

    /// <summary>Lets it live longer; what is known of it then. Nothing is known: there is none, or its end could not be written.</summary>
    Task<EnvironmentFacts> ExtendAsync(EnvironmentIdentity identity, TimeSpan length, CancellationToken ct);

    /// <summary>Lines that say why it is not reachable, secret values taken out.</summary>
    Task<IReadOnlyList<string>> ExplainAsync(EnvironmentIdentity identity, CancellationToken ct);

    /// <summary>Every environment that something is known of.</summary>
    Task<IReadOnlyList<KnownEnvironment>> AllAsync(CancellationToken ct);

    /// <summary>What is known of it beside its last run; nothing when nobody knows.</summary>
    Task<EnvironmentFacts> KnownAsync(EnvironmentIdentity identity, CancellationToken ct);
}

/// <summary>What a run is to do.</summary>
public enum Wish
{
    /// <summary>Converge.</summary>
    Up,

    /// <summary>Converge, and start the application anew.</summary>
    Redeploy,

    /// <summary>Undo a sleep, and converge.</summary>
    Wake,
}

/// <summary>What is known of an environment beside its last run.</summary>
/// <param name="CostAnHour">US dollars; null when that is not known.</param>
/// <param name="Since">When it was first made.</param>
/// <param name="Ends">When it ends by itself.</param>
/// <param name="Sleeps">Whether it sleeps.</param>
public sealed record EnvironmentFacts(decimal? CostAnHour, DateTimeOffset? Since, DateTimeOffset? Ends, bool Sleeps)
{
    /// <summary>Nothing is known.</summary>
    public static EnvironmentFacts None { get; } = new(null, null, null, false);

    /// <summary>Its last run; null when nobody remembers one.</summary>
    public RunSnapshot? LastRun { get; init; }
}
