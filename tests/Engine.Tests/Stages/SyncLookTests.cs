using System.Text.Json;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Stages;

namespace Mayfly.Engine.Tests.Stages;

public sealed class SyncLookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("in step", "True", "synced", "11:59:30", "11:59:20", "PASSWORD", null)]
    [InlineData("a value nobody dated", "True", "synced", "11:59:30", null, "PASSWORD", null)]
    [InlineData("a pull secret's key", "True", "synced", "11:59:30", null, ".PASSWORD", null)]
    [InlineData("older than the value", "True", "synced", "11:59:30", "11:59:40", "PASSWORD", "ExternalSecret db (sync)")]
    [InlineData("of the value's second", "True", "synced", "11:59:30", "11:59:30", "PASSWORD", "ExternalSecret db (sync)")]
    [InlineData("never synced", "True", "synced", null, "11:59:30", "PASSWORD", "ExternalSecret db (sync)")]
    [InlineData("without its secret", "True", "synced", "11:59:30", null, null, "ExternalSecret db (sync)")]
    [InlineData("without its key", "True", "synced", "11:59:30", null, "OTHER", "secret db-secret, key PASSWORD (sync)")]
    [InlineData("a container that is missing", "False", "could not get secret data from provider, err: Secret does not exist", null, null, null, "ExternalSecret db (container)")]
    [InlineData("a key that is missing", "False", "key PASSWORD does not exist in secret app/db", null, null, null, "ExternalSecret db (value)")]
    [InlineData("no access", "False", "AccessDeniedException: not authorized to perform: secretsmanager:GetSecretValue", null, null, null, "ExternalSecret db (access)")]
    [InlineData("not looked at", "", "", null, null, null, "ExternalSecret db (sync)")]
    public void A_secret_is_followed_to_where_it_breaks(string @case, string ready, string message, string? refreshed, string? written, string? key, string? row)
    {
        var judged = SyncLook.Judge(Facts(ready, message, refreshed, written, key));

        var failure = PreflightRow.Join(judged is null ? [] : [judged]);
        Assert.True(row is null ? failure is null : failure?.Evidence[0].StartsWith(row, StringComparison.Ordinal) is true, $"{@case}: {failure?.Evidence[0]}");
        Assert.True(failure is null || failure.Next.Any(next => next.Length > 0), $"{@case}: nothing to do");
    }

    [Theory]
    [InlineData("1h", true)]
    [InlineData("1h0m0s", true)]
    [InlineData("0", true)]
    [InlineData("33s", false)]
    [InlineData("10s", false)]
    public void The_operator_is_told_to_sync_only_when_it_would_not_look_soon(string interval, bool forced) =>
        Assert.Equal(forced, SyncLook.NeedsForce(Facts("True", "synced", "11:59:30", "11:59:40", "PASSWORD", interval), Now));

    [Fact]
    public void Several_rows_are_one_failure_and_the_first_decides()
    {
        var store = PreflightRow.Waiting("ClusterSecretStore s", "", Mayfly.Engine.Secrets.SecretLink.Access, "is not there");
        var key = PreflightRow.Permanent("secret a", "K", Mayfly.Engine.Secrets.SecretLink.Sync, "it is missing", "Bring it.");

        var joined = PreflightRow.Join([store, key])!;

        Assert.Equal(Disposition.RetryAfterWait, joined.Disposition);
        Assert.Equal(["ClusterSecretStore s (access): is not there", "secret a, key K (sync): it is missing"], joined.Evidence);
        Assert.StartsWith("2 things", joined.Summary, StringComparison.Ordinal);
        Assert.Contains("Bring it.", joined.Next);
    }

    [Fact]
    public void The_ids_that_an_ExternalSecret_reads_are_those_of_its_data() =>
        Assert.Equal(["a/one", "a/two"], SyncLook.Sources(Wish(
            """{"spec":{"data":[{"secretKey":"x","remoteRef":{"key":"a/one"}}],"dataFrom":[{"extract":{"key":"a/two"}},{"find":{"name":{"regexp":"x"}}}]}}""")));

    private static SyncFacts Facts(string ready, string message, string? refreshed, string? written, string? key, string interval = "1h") => new(
        Wish(JsonSerializer.Serialize(new
        {
            metadata = new { name = "db" },
            spec = new { refreshInterval = interval, target = new { name = "db-secret" } },
            status = new
            {
                refreshTime = refreshed is null ? null : $"2026-11-24T{refreshed}Z",
                conditions = ready.Length == 0 ? [] : new[] { new { type = "Ready", status = ready, message } },
            },
        })),
        [], key is null ? null : [key], ["PASSWORD"],
        written is null ? null : DateTimeOffset.Parse($"2026-11-24T{written}.700Z", System.Globalization.CultureInfo.InvariantCulture));

    private static ClusterObject Wish(string json) => JsonSerializer.Deserialize<ClusterObject>(json)!;
}
