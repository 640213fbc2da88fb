using System.Globalization;
using System.Text.Json;
using Mayfly.Engine.Leases;

namespace Mayfly.Engine.Infrastructure;

/// <summary>Terraform's lock on a state, as it lies beside it.</summary>
/// <param name="Id">What <c>force-unlock</c> wants.</param>
/// <param name="Who"><c>user@host</c> of its holder.</param>
/// <param name="Created">When it was taken, by the holder's clock.</param>
/// <param name="Operation">What the holder does.</param>
public sealed record StateLock(string Id, string Who, DateTimeOffset Created, string Operation)
{
    /// <summary>Reads terraform's lock info; null when it is none.</summary>
    public static StateLock? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return root.TryGetProperty("ID", out var id) && id.GetString() is { Length: > 0 } value
                ? new StateLock(
                    value,
                    root.TryGetProperty("Who", out var who) ? who.GetString() ?? "" : "",
                    root.TryGetProperty("Created", out var created)
                        && DateTimeOffset.TryParse(created.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : default,
                    root.TryGetProperty("Operation", out var operation) ? operation.GetString() ?? "" : "")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Why the holder is certainly dead; null when it may live. Pure. The caller holds the environment's lease.</summary>
    /// <param name="before">The lease that was there before ours; null: none.</param>
    /// <param name="age">The lock's age by the store's clock.</param>
    /// <param name="limit">Age at which a lock without any lease counts as dead.</param>
    public string? WhyDead(PreviousLease? before, TimeSpan age, TimeSpan limit)
    {
        // Our lease could be taken, so that run is over. Its terraform ran on its machine and began while the run lived. Clocks of
        // machines differ by minutes at times, and the lock's time is its machine's own.
        if (before is { } run && Who.EndsWith($"@{run.Lease.Host}", StringComparison.Ordinal) && Created <= run.Written + ClockSkew)
        {
            return $"its run {run.Lease.RunId} on {run.Lease.Host} has ended ({Describe(run.Standing)})";
        }

        return age > limit ? $"it is {age.TotalHours:0.#} hours old, and no lease says that its holder lives" : null;
    }

    private static TimeSpan ClockSkew { get; } = TimeSpan.FromMinutes(10);

    private static string Describe(LeaseStanding standing) => standing switch
    {
        LeaseStanding.HolderDead => "its process is gone",
        LeaseStanding.Expired => "its lease has expired",
        LeaseStanding.Released => "in order",
        _ => "unknown",
    };
}
