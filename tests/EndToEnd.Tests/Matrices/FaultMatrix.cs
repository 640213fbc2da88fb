using System.Text.Json;
using System.Text.RegularExpressions;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>The call sites of one life, in the order in which they come.</summary>
/// <param name="Up">Of a run that creates everything.</param>
/// <param name="Again">Of a run that has nothing to do.</param>
/// <param name="Deploy">Of a run for a new commit.</param>
/// <param name="Down">Of a teardown.</param>
public sealed record Sites(IReadOnlyList<CallSite> Up, IReadOnlyList<CallSite> Again, IReadOnlyList<CallSite> Deploy, IReadOnlyList<CallSite> Down);

/// <summary>A run with faults.</summary>
/// <param name="Run">How it ended.</param>
/// <param name="Hit">The sites whose fault happened.</param>
public sealed record FaultyRun(MayflyRun Run, IReadOnlyList<CallSite> Hit);

/// <summary>
/// Promises 3 and 5 for faults: every call site of a run fails once in every way that the local cloud knows. What passes by itself
/// costs a retry and no more; what is denied stops the run, explained, and the next run converges.
/// </summary>
public sealed partial class FaultMatrix(MatrixLog log)
{
    /// <summary>Faults that pass.</summary>
    public static readonly IReadOnlyList<string> Passing = ["throttle", "server-error", "reset", "lose-answer", "latency"];

    /// <summary>The fault that stays until a person acts.</summary>
    public const string Denied = "deny";

    // Helm and the providers for clusters do not ask again, so each fault costs Mayfly a retry; a run allows three a rule and stage.
    private const int RetriesOfARun = 2;

    /// <summary>All columns.</summary>
    public static IReadOnlyList<string> Columns { get; } = [.. Passing, Denied];

    /// <summary>Runs one life without faults and writes down who asked what.</summary>
    public static async Task<Sites> RecordAsync(MatrixCloud cloud, CancellationToken ct)
    {
        var environment = cloud.Next();
        var up = await SitesOfAsync(cloud, environment, environment.Up, 0, ct);
        var again = await SitesOfAsync(cloud, environment, environment.Up, 0, ct);
        environment.MoveOn();
        var deploy = await SitesOfAsync(cloud, environment, environment.Up, 0, ct);
        var down = await SitesOfAsync(cloud, environment, environment.Down, 0, ct);
        await cloud.EmptyAsync(ct);
        return new Sites(up, again, deploy, down);
    }

    /// <summary>The name of a case.</summary>
    public static string NameOf(string command, string kind, CallSite site) => $"{command}: {kind} at {site.Name}";

    /// <summary>
    /// Runs a command with a fault of one kind at each of some sites, and writes a row for each that was hit.
    /// </summary>
    /// <returns>The sites that were hit.</returns>
    public async Task<IReadOnlyList<CallSite>> PassAsync(
        MatrixCloud cloud, MatrixEnvironment environment, string command, string kind, IReadOnlyList<CallSite> sites, CancellationToken ct)
    {
        var done = await HitAsync(cloud, environment, command, kind, sites, ct);
        foreach (var site in done.Hit)
        {
            await log.TryAsync(NameOf(command, kind, site), () => $"{command}: {site.Group}", kind, () => Task.FromResult(Survived(done)));
        }

        return done.Hit;
    }

    /// <summary>Runs a command with one site denied once: it ends well all the same, or stops and says which action is missing.</summary>
    /// <returns>Whether the site was asked at all.</returns>
    public async Task<bool> DenyAsync(MatrixCloud cloud, MatrixEnvironment environment, string command, CallSite site, CancellationToken ct)
    {
        var done = await HitAsync(cloud, environment, command, Denied, [site], ct);
        if (done.Hit.Count > 0)
        {
            await log.TryAsync(NameOf(command, Denied, site), () => $"{command}: {site.Group}", Denied, () => Task.FromResult(Explained(done, site)));
        }

        return done.Hit.Count > 0;
    }

    /// <summary>Fails unless a run with faults that pass ended well; gives what it cost.</summary>
    public static string Survived(FaultyRun done)
    {
        Honest(done.Run);
        Assert.True(done.Run.ExitCode == 0, $"exit {done.Run.ExitCode}: {Failure(done.Run)} (hit at once: {string.Join(", ", done.Hit.Select(site => site.Name))})\n{done.Run.Story}");
        return $"{done.Run.Events.Count(line => TypeOf(line) == "verdict_reached")} retries with {done.Hit.Count} faults";
    }

    /// <summary>Fails unless a run that was denied something went on without it, or stopped at once and says what is missing and what to do.</summary>
    public static string Explained(FaultyRun done, CallSite site)
    {
        var run = done.Run;
        Honest(run);
        Assert.True(run.ExitCode is 0 or 3, $"exit {run.ExitCode}: {Failure(run)}\n{run.Story}");
        if (run.ExitCode == 0)
        {
            return "went on without it";
        }

        var failure = run.Result.GetProperty("failure");
        var told = $"{failure.GetProperty("summary").GetString()} {string.Join(' ', failure.GetProperty("evidence").EnumerateArray().Select(line => line.GetString()))}";
        Assert.True(site.IsCluster || told.Contains(site.Operation, StringComparison.OrdinalIgnoreCase), $"the action is not named: {told}\n{run.Story}");
        Assert.True(failure.GetProperty("next").GetArrayLength() > 0, $"it does not say what to do\n{run.Story}");
        var verdicts = run.Events.Where(line => TypeOf(line) == "verdict_reached").Select(line => line.GetProperty("verdict").GetString()!).ToList();
        Assert.True(verdicts.All(verdict => verdict.StartsWith("stop", StringComparison.Ordinal)), $"it tried again: {string.Join("; ", verdicts)}\n{run.Story}");
        return $"{failure.GetProperty("class").GetString()}: {failure.GetProperty("summary").GetString()}";
    }

    /// <summary>Sites that the table misses still.</summary>
    public IReadOnlyList<CallSite> Missing(string command, string kind, IEnumerable<CallSite> sites) =>
        [.. sites.Where(site => !log.HasPassed(NameOf(command, kind, site)))];

    /// <summary>As many of some sites as one run can be asked to survive: all whose client asks again, a few of each other client.</summary>
    public static IReadOnlyList<CallSite> Batch(string kind, IReadOnlyList<CallSite> sites) => kind == "latency"
        ? sites
        : [.. sites.Where(site => site.TriesAgain), .. sites.Where(site => !site.TriesAgain).GroupBy(site => site.Client).SelectMany(client => client.Take(RetriesOfARun))];

    /// <summary>The table.</summary>
    public string Table(Sites sites) => log.Table("command: client, API", Columns, (group, _) =>
        (group.StartsWith("up", StringComparison.Ordinal) ? sites.Up : sites.Down).Count(site => group.EndsWith($": {site.Group}", StringComparison.Ordinal)));

    /// <summary>Runs a command with a fault waiting at each of some sites.</summary>
    public static async Task<FaultyRun> HitAsync(
        MatrixCloud cloud, MatrixEnvironment environment, string command, string kind, IReadOnlyList<CallSite> sites, CancellationToken ct)
    {
        var rules = new Dictionary<string, CallSite>(StringComparer.Ordinal);
        foreach (var site in sites)
        {
            rules[await cloud.AddFaultAsync(new
            {
                kind,
                service = site.Service,
                action = site.Action.Replace("{env}", environment.Id, StringComparison.Ordinal),
                userAgent = site.Agent,
                times = 1,
                seconds = 1.0,
            }, ct)] = site;
        }

        var run = await environment.RunAsync(command == "up" ? environment.Up : environment.Down, ct);
        var waiting = await cloud.WaitingFaultsAsync(ct);
        await cloud.ClearFaultsAsync(ct);
        return new FaultyRun(run, [.. rules.Where(rule => !waiting.Contains(rule.Key)).Select(rule => rule.Value)]);
    }

    // Whatever happened: no fault of Mayfly's own, no exception's text, nothing forgotten on a doubt.
    private static void Honest(MayflyRun run)
    {
        Assert.True(run.ExitCode != 1, $"exit 1, Mayfly's own fault\n{run.Story}");
        Assert.False(ExceptionText().IsMatch(run.Story), $"an exception's text\n{run.Story}");
        var pruned = run.Events.Where(line => TypeOf(line) == "pruned").Select(line => line.GetRawText()).ToList();
        Assert.True(pruned.Count == 0, $"forgotten on a doubt: {string.Join(", ", pruned)}");
    }

    private static async Task<IReadOnlyList<CallSite>> SitesOfAsync(MatrixCloud cloud, MatrixEnvironment environment, string[] command, long sinceCluster, CancellationToken ct)
    {
        var aws = await cloud.LastAwsRequestAsync(ct);
        var before = (await cloud.ClusterAfterAsync(environment.Id, sinceCluster, ct)).Select(request => request.GetProperty("number").GetInt64()).DefaultIfEmpty().Max();
        (await environment.RunAsync(command, ct)).Ended(0);
        return
        [
            .. (await cloud.AwsAfterAsync(aws, ct)).Select(CallSite.OfAws)
                .Concat((await cloud.ClusterAfterAsync(environment.Id, before, ct)).Select(request => CallSite.OfCluster(request, environment.Id)))
                .OfType<CallSite>().DistinctBy(site => site.Name),
        ];
    }

    private static string Failure(MayflyRun run) =>
        run.Result.GetProperty("failure") is { ValueKind: JsonValueKind.Object } failure
            ? $"{failure.GetProperty("class").GetString()}, {failure.GetProperty("summary").GetString()}"
            : "no failure is told";

    // A type with its namespace, or a line of a stack: AWS's error codes end in Exception too.
    [GeneratedRegex(@"\b(?:System|Microsoft|Amazon|k8s|Mayfly)(?:\.\w+)+Exception\b|   at Mayfly\.")]
    private static partial Regex ExceptionText();

    private static string? TypeOf(JsonElement line) => line.GetProperty("type").GetString();
}
