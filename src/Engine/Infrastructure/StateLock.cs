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
            return Text(document.RootElement, "ID") is { Length: > 0 } id
                ? new StateLock(
                    id,
                    Text(document.RootElement, "Who") ?? "",
                    DateTimeOffset.TryParse(Text(document.RootElement, "Created"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : default,
                    Text(document.RootElement, "Operation") ?? "")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString() : null;

    /// <summary>The machine that its holder runs on, as that machine calls itself.</summary>
    public string Host => Who[(Who.LastIndexOf('@') + 1)..];

    /// <summary>Why the holder is certainly dead; null when it may live. Pure. The caller holds the environment's lease.</summary>
    /// <param name="spans">When the runs that are over held the environment, each by the clock of its own machine.</param>
    /// <param name="age">The lock's age.</param>
    /// <param name="limit">Age at which a lock without any lease counts as dead.</param>
    /// <param name="here">The terraforms of this machine, when it is the one that took the lock.</param>
    public string? WhyDead(IReadOnlyList<HoldingSpan> spans, TimeSpan age, TimeSpan limit, LiveLook here)
    {
        // A process says more than any clock. One that a person started may be the holder, whatever else is true.
        if (here.HasStranger)
        {
            return null;
        }

        // Whoever held the environment when the lock was taken, on the machine that took it, is over: its lease could be taken. Both
        // times are of that one machine's clock, so clocks that differ play no part.
        if (spans.FirstOrDefault(span => span.Host == Host && span.From <= Created && Created <= span.To) is { } run)
        {
            return $"its run {run.RunId} on {run.Host} is over";
        }

        return age > limit && here.Orphans.Count == 0 ? $"it is {age.TotalHours:0.#} hours old, and no lease says that its holder lives" : null;
    }
}
