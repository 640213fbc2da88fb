using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mayfly.Engine.Leases;

/// <summary>The right of one run to write to one environment, as it lies in the object store.</summary>
/// <param name="RunId">The run that holds it.</param>
/// <param name="Command">What that run does.</param>
/// <param name="Host">The machine it runs on.</param>
/// <param name="Machine">Boot and process namespace of that machine: process ids mean the same only within one.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Ttl">Seconds it lives without a heartbeat.</param>
/// <param name="Beat">Counts heartbeats, so that each write differs.</param>
/// <param name="Released">True once the run has ended in order.</param>
public sealed record Lease(string RunId, string Command, string Host, string Machine, int Pid, double Ttl, long Beat, bool Released)
{
    /// <summary>The link to the workflow run that holds it, when there is one.</summary>
    public string? Url { get; init; }

    /// <summary>When it was taken, by the holder's clock: what terraform's lock of the same machine is compared with.</summary>
    public DateTimeOffset? Taken { get; init; }

    /// <summary>The last heartbeat, by the holder's clock.</summary>
    public DateTimeOffset? Beaten { get; init; }

    /// <summary>The runs before it, oldest first: a run that was killed may have left a lock that the next one did not come to break.</summary>
    public IReadOnlyList<HoldingSpan> Earlier
    {
        get;

        // The reader sets null for what a lease of an older version does not have.
        init => field = value ?? [];
    } = [];

    /// <summary>When its run held the environment; null when it was written by a version that did not note it.</summary>
    public HoldingSpan? Span => Taken is { } from && Beaten is { } to ? new HoldingSpan(RunId, Host, Machine, from, to + (TimeSpan.FromSeconds(Ttl) / BeatsPerTtl) + HoldingSpan.Slack) : null;

    /// <summary>Heartbeats in the time that a lease lives without one: three may be missed before it is anybody's.</summary>
    public const int BeatsPerTtl = 4;

    /// <summary>What it looks like stored.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, LeaseJson.Default.Lease);

    /// <summary>Reads a stored one; null when it is no lease that this version can read.</summary>
    public static Lease? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, LeaseJson.Default.Lease);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether its holder may still write. Ages are the store's own, so no clock of ours takes part.</summary>
    /// <param name="age">Time since it was written, by the store's clock.</param>
    /// <param name="here">This process's machine and which of its processes live.</param>
    public LeaseStanding Judge(TimeSpan age, Holder here) =>
        Released ? LeaseStanding.Released
        : Machine == here.Machine && !here.IsAlive(Pid) ? LeaseStanding.HolderDead
        : age > TimeSpan.FromSeconds(Ttl) ? LeaseStanding.Expired
        : LeaseStanding.Live;
}

/// <summary>When a run held the environment, by the clock of its own machine.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Host">Its machine's name.</param>
/// <param name="Machine">Boot and process namespace of that machine.</param>
/// <param name="From">When it took the lease.</param>
/// <param name="To">When it can last have started anything.</param>
public sealed record HoldingSpan(string RunId, string Host, string Machine, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>What rounding and a slow start of terraform may add.</summary>
    internal static TimeSpan Slack { get; } = TimeSpan.FromSeconds(2);
}

/// <summary>What a stored lease means for somebody else.</summary>
public enum LeaseStanding
{
    /// <summary>A run holds it: hands off.</summary>
    Live,

    /// <summary>Its run ended in order.</summary>
    Released,

    /// <summary>No heartbeat came for longer than it lives.</summary>
    Expired,

    /// <summary>Its process was on this machine and is gone.</summary>
    HolderDead,

    /// <summary>The workflow run that took it has ended.</summary>
    WorkflowEnded,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Lease))]
internal sealed partial class LeaseJson : JsonSerializerContext;
