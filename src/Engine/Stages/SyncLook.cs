using System.Globalization;
using System.Text.RegularExpressions;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Secrets;

namespace Mayfly.Engine.Stages;

/// <summary>What is known of one ExternalSecret when it is judged.</summary>
/// <param name="Wish">The ExternalSecret.</param>
/// <param name="Warnings">What the operator said of it in events, newest first.</param>
/// <param name="Keys">The keys of the Kubernetes secret that it makes; null: there is none.</param>
/// <param name="Wanted">The keys that the contract wants there.</param>
/// <param name="Written">When the newest value that it reads was written, by AWS's clock; null: not known.</param>
public sealed record SyncFacts(
    ClusterObject Wish, IReadOnlyList<string> Warnings, IReadOnlyCollection<string>? Keys, IReadOnlyList<string> Wanted, DateTimeOffset? Written);

/// <summary>Judges whether an ExternalSecret has brought what the application needs. Pure.</summary>
public static partial class SyncLook
{
    // Sooner than this, the operator looks by itself.
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(5);

    /// <summary>The broken row; null when all is well.</summary>
    public static PreflightRow? Judge(SyncFacts facts)
    {
        var name = $"ExternalSecret {facts.Wish.Metadata.Name}";
        if (facts.Wish.Condition("Ready") is not ("True", _))
        {
            var said = facts.Wish.Condition("Ready")?.Message ?? "has not been looked at yet";
            var why = facts.Warnings.FirstOrDefault(warning => !said.Contains(warning, StringComparison.Ordinal));
            var message = why is null ? said : $"{said}: {why}";
            var link = LinkOf(message);
            return PreflightRow.Told(name, message, link, link switch
            {
                SecretLink.Container or SecretLink.Value => "mayfly secrets check",
                SecretLink.Access => "Look at the role of the operator's store.",
                _ => $"kubectl describe externalsecret {facts.Wish.Metadata.Name}",
            });
        }

        if (IsStale(facts))
        {
            return PreflightRow.Waiting(name, "", SecretLink.Sync,
                string.Create(CultureInfo.InvariantCulture, $"it was synced at {facts.Wish.Text("status", "refreshTime") ?? "no time"}, the newest value is of {facts.Written:O}"));
        }

        if (facts.Keys is null)
        {
            return PreflightRow.Waiting(name, "", SecretLink.Sync, $"it says that it is synced, and its secret {Target(facts.Wish)} is not there");
        }

        // A pull secret has its key with a dot before it.
        var lacking = facts.Wanted.Except(facts.Keys.Select(key => key.TrimStart('.'))).ToList();
        return lacking.Count == 0 ? null : PreflightRow.Permanent(
            $"secret {Target(facts.Wish)}", string.Join(", ", lacking), SecretLink.Sync, "it is not in what the ExternalSecret makes",
            $"Make the ExternalSecret {facts.Wish.Metadata.Name} bring it (spec.data, spec.dataFrom, spec.target.template).");
    }

    /// <summary>Whether the operator has to be told to sync: what it made is old, and it would not look soon.</summary>
    public static bool NeedsForce(SyncFacts facts, DateTimeOffset now)
    {
        if (Judge(facts) is null)
        {
            return false;
        }

        var interval = GoDuration(facts.Wish.Text("spec", "refreshInterval") ?? "1h");
        var periodic = facts.Wish.Text("spec", "refreshPolicy") is null or "" or "Periodic";
        return !periodic || interval <= TimeSpan.Zero || Refreshed(facts.Wish) is not { } refreshed || refreshed + interval > now + Near;
    }

    /// <summary>The ids in Secrets Manager that an ExternalSecret reads.</summary>
    public static IEnumerable<string> Sources(ClusterObject wish)
    {
        foreach (var (list, at) in new[] { ("data", "remoteRef"), ("dataFrom", "extract") })
        {
            if (wish.At("spec", list) is not { ValueKind: System.Text.Json.JsonValueKind.Array } entries)
            {
                continue;
            }

            foreach (var entry in entries.EnumerateArray())
            {
                if (entry.TryGetProperty(at, out var reference) && reference.TryGetProperty("key", out var key) && key.GetString() is { } id)
                {
                    yield return id;
                }
            }
        }
    }

    /// <summary>The Kubernetes secret that an ExternalSecret makes.</summary>
    public static string Target(ClusterObject wish) => wish.Text("spec", "target", "name") is { Length: > 0 } named ? named : wish.Metadata.Name;

    // The operator writes whole seconds: the second of the value itself proves nothing.
    private static bool IsStale(SyncFacts facts) => facts.Written is { } written
        && (Refreshed(facts.Wish) is not { } refreshed || refreshed.ToUnixTimeSeconds() <= written.ToUnixTimeSeconds());

    private static DateTimeOffset? Refreshed(ClusterObject wish) =>
        DateTimeOffset.TryParse(wish.Text("status", "refreshTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static SecretLink LinkOf(string message) =>
        Denied().IsMatch(message) ? SecretLink.Access
        : Keyless().IsMatch(message) ? SecretLink.Value
        : Absent().IsMatch(message) ? SecretLink.Container
        : SecretLink.Sync;

    private static TimeSpan GoDuration(string text)
    {
        var sum = TimeSpan.Zero;
        foreach (Match part in Duration().Matches(text))
        {
            var number = double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            sum += part.Groups[2].Value switch
            {
                "h" => TimeSpan.FromHours(number),
                "m" => TimeSpan.FromMinutes(number),
                "s" => TimeSpan.FromSeconds(number),
                _ => TimeSpan.FromMilliseconds(number),
            };
        }

        return sum;
    }

    [GeneratedRegex("AccessDenied|not authorized|UnrecognizedClient|InvalidClientToken|ExpiredToken|AssumeRole|permission", RegexOptions.IgnoreCase)]
    private static partial Regex Denied();

    [GeneratedRegex(@"\bkey\b.*(?:does not exist|not found)|unmarshal|invalid (?:JSON|character)|property", RegexOptions.IgnoreCase)]
    private static partial Regex Keyless();

    [GeneratedRegex("does not exist|can't find the specified secret|ResourceNotFound|marked for deletion", RegexOptions.IgnoreCase)]
    private static partial Regex Absent();

    [GeneratedRegex(@"([0-9]+(?:\.[0-9]+)?)(h|ms|m|s)")]
    private static partial Regex Duration();
}
