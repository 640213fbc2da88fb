using System.Globalization;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Leases;

/// <summary>The two ways in which a lease stops a run.</summary>
public static class LeaseFailures
{
    /// <summary>Rule id: another live run holds the environment.</summary>
    public const string HeldRule = "lease-held";

    /// <summary>Rule id: this run no longer holds it.</summary>
    public const string LostRule = "lease-lost";

    /// <summary>Another live run holds the environment.</summary>
    public static Failure Held(Lease? lease, TimeSpan age)
    {
        var who = lease is null
            ? "another run, which took it this moment"
            : $"run {lease.RunId} ({lease.Command}) on {lease.Host}, process {lease.Pid.ToString(CultureInfo.InvariantCulture)}";
        var seen = Math.Max(0, Math.Round(age.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Failure.Of(HeldRule, "lease_held", Disposition.NeedsHuman,
            $"the environment is held by {who}; its last sign of life is {seen} s old",
            "Wait until that run has ended, or end it, and run the command again.") with
        {
            Evidence = lease?.Url is { } url ? [url] : [],
        };
    }

    /// <summary>This run no longer holds the environment.</summary>
    public static Failure Lost() => Failure.Of(LostRule, "lease_lost", Disposition.NeedsHuman,
        "this run lost its lease (it was silent for too long, or another run took over) and stopped before its next write",
        "Run the command again once no other run holds the environment.");
}
