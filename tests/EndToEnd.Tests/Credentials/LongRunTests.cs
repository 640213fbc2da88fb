using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests.Credentials;

/// <summary>
/// A run that takes longer than what it logs in with, by the real binaries: sessions of the workflow's role that end in its middle,
/// and tokens that the cluster takes for some seconds only.
/// </summary>
[Trait("Length", "long")]
public sealed class LongRunTests : LocalCloudFixture
{
    private const string Role = "arn:aws:iam::123456789012:role/mayfly";

    private static readonly string[] Environment = ["--local", "--pr=42", "--branch", "feature/login", "--commit", EnvironmentLife.Commit];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_longer_than_its_sessions_renews_them_and_an_apply_outlives_the_tokens_it_began_with()
    {
        using var github = new IdentityServer();
        Repository.Change("mayfly.yaml", "  region: us-east-1\n", $"  region: us-east-1\n  role: {Role}\n");
        var mayfly = new MayflyProgram(Home, Repository.Directory) { Variables = github.Variables };
        await using var up = mayfly.Start(["up", .. Environment]);
        await up.WaitForStageAsync("reconcile:cluster", Ct);

        // What was given out for an hour ends now, and what comes ends after ten seconds; the cluster layer takes longer than that.
        var before = await LastAwsRequestAsync(Ct);
        await FaultAsync("expire", "--service", "sts", "--seconds", "10");
        await FaultAsync("latency", "--service", "kubernetes", "--user-agent", "HashiCorp*", "--seconds", "4");
        await up.WaitForAsync(line => Is(line, "stage_finished", "apply:cluster"), Ct);
        await FaultAsync("clear");
        await FaultAsync("expire", "--service", "sts", "--seconds", "10");
        var run = (await up.EndAsync(Ct)).Ended(0);

        var applied = run.Events.Single(line => Is(line, "stage_finished", "apply:cluster"));
        Assert.Equal((1, "changed"), (applied.GetProperty("attempts").GetInt32(), applied.GetProperty("outcome").GetString()));
        Assert.True(applied.GetProperty("seconds").GetDouble() > 10, "the apply was no longer than a session");
        var asked = await RequestsAsync("aws", before, writesOnly: false, Ct);
        Assert.Contains(asked, request => Text(request, "service") == "sts" && Text(request, "action") == "AssumeRoleWithWebIdentity");
        Assert.Contains(asked, request => request.GetProperty("status").GetInt32() is 400 or 403 && Text(request, "userAgent").Contains("mayfly", StringComparison.Ordinal));
        Assert.Contains(run.Events, line => Text(line, "type") == "noticed" && Text(line, "message").Contains("credentials", StringComparison.Ordinal));
        Assert.True(github.Asked > 3, $"{github.Asked} identities");

        (await mayfly.RunAsync(Ct, "down", "--local", "--pr=42")).Ended(0);
    }

    [Fact]
    public async Task Tokens_that_the_cluster_refuses_before_their_time_are_made_anew_and_the_run_goes_on()
    {
        // The first requests of terraform's providers are on their way for longer than the token lives that they carry.
        await FaultAsync("expire", "--service", "kubernetes", "--seconds", "30");
        await FaultAsync("latency", "--service", "kubernetes", "--user-agent", "HashiCorp*", "--seconds", "31", "--times", "2");

        var run = (await Mayfly.RunAsync(Ct, ["up", .. Environment])).Ended(0);

        var verdict = run.Events.First(line => Text(line, "type") == "verdict_reached");
        Assert.Equal("refresh_credentials", verdict.GetProperty("failure").GetProperty("disposition").GetString());
        Assert.Contains(run.Events, line => Text(line, "type") == "noticed" && Text(line, "message") == "asked for new credentials");
        var cluster = await RequestsAsync("kubernetes/pr-42", 0, writesOnly: false, Ct);
        Assert.Contains(cluster, request => request.GetProperty("status").GetInt32() == 401);

        await FaultAsync("clear");
        (await Mayfly.RunAsync(Ct, "down", "--local", "--pr=42")).Ended(0);
    }

    private async Task FaultAsync(params string[] arguments) => (await Mayfly.RunAsync(Ct, ["local", "fault", .. arguments])).Ended(0);

    private static bool Is(JsonElement line, string type, string stage) => Text(line, "type") == type && Text(line, "stage") == stage;

    private static string Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
