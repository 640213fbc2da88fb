using Mayfly.Engine.Failures;

namespace Mayfly.Engine;

/// <summary>How a run ended; fronts turn it into exit codes.</summary>
public enum Ending
{
    /// <summary>What was asked for holds.</summary>
    Holds,

    /// <summary>The configuration is wrong, and nothing was touched.</summary>
    Invalid,

    /// <summary>A permanent failure: it needs a person.</summary>
    NeedsPerson,

    /// <summary>It did not converge in its budget.</summary>
    NotConverged,

    /// <summary>Deployed, but not reachable.</summary>
    NotReachable,

    /// <summary>Another live run holds the environment.</summary>
    Held,

    /// <summary>Something is left after a teardown.</summary>
    Left,

    /// <summary>What was asked for is not wanted any more: its pull request was closed, or has a newer commit.</summary>
    Withdrawn,

    /// <summary>Interrupted; the next run goes on from there.</summary>
    Interrupted,
}

/// <summary>The end of a run.</summary>
/// <param name="Ending">How it ended.</param>
/// <param name="Stage">The stage that stopped it; null when none did.</param>
/// <param name="Failure">Why; null when it holds or was interrupted.</param>
/// <param name="Changed">True when anything was written.</param>
public sealed record RunEnd(Ending Ending, string? Stage, Failure? Failure, bool Changed);
