using Mayfly.Engine;

namespace Mayfly.Cli;

/// <summary>What the process says to whoever called it.</summary>
public static class ExitCodes
{
    /// <summary>What was asked for holds: reachable, gone, checked.</summary>
    public const int Holds = 0;

    /// <summary>Mayfly's own fault.</summary>
    public const int Fault = 1;

    /// <summary>The call or the configuration is wrong; nothing was touched.</summary>
    public const int Invalid = 2;

    /// <summary>It needs a person: a permanent failure, explained.</summary>
    public const int NeedsPerson = 3;

    /// <summary>It did not converge in its budget; running it again can help.</summary>
    public const int NotConverged = 4;

    /// <summary>Deployed but not reachable: the health gate.</summary>
    public const int NotReachable = 5;

    /// <summary>Another live run holds the environment.</summary>
    public const int Held = 6;

    /// <summary>Something is left after a teardown, listed.</summary>
    public const int Left = 7;

    /// <summary>Interrupted; the next run goes on from there.</summary>
    public const int Interrupted = 130;

    /// <summary>The code of a run's end.</summary>
    public static int Of(Ending ending) => ending switch
    {
        Ending.Holds => Holds,
        Ending.Invalid => Invalid,
        Ending.NeedsPerson => NeedsPerson,
        Ending.NotConverged => NotConverged,
        Ending.NotReachable => NotReachable,
        Ending.Held => Held,
        Ending.Left => Left,
        // Nothing is asked for any more, so nothing is amiss.
        Ending.Withdrawn => Holds,
        Ending.Interrupted => Interrupted,
        _ => Fault,
    };
}
