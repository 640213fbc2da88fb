using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests.Matrices.States;

/// <summary>
/// Promise 3 for whatever state an environment was left in: the same command brings it back, and takes it away without a rest.
/// </summary>
public sealed class StateMatrix(MatrixLog log)
{
    // What there is one of each of: a second one is a copy that somebody pays for.
    private static readonly string[] Counted =
        ["vpc", "subnet", "internet gateway", "NAT gateway", "address", "route table", "role", "OIDC provider", "secret", "log group", "cluster", "instance", "load balancer"];

    /// <summary>Plays one state from its beginning to its end, on an environment of its own; false: something did not hold.</summary>
    public async Task<bool> PlayAsync(MatrixCloud cloud, StartingState state, CancellationToken ct)
    {
        await foreach (var (name, column, act) in ActsAsync(cloud, state, ct))
        {
            if (!await log.TryAsync(name, () => state.Name, column, act))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Plays one state, and fails where something does not hold.</summary>
    public static async Task<string> PlayOneAsync(MatrixCloud cloud, StartingState state, CancellationToken ct)
    {
        var stories = new List<string>();
        await foreach (var (name, column, act) in ActsAsync(cloud, state, ct))
        {
            stories.Add($"{name}, {column}: {await act()}");
        }

        return string.Join('\n', stories);
    }

    private static async IAsyncEnumerable<(string Name, string Column, Func<Task<string>> Act)> ActsAsync(
        MatrixCloud cloud, StartingState state, [EnumeratorCancellation] CancellationToken ct)
    {
        var environment = cloud.Next();
        var hands = new Hands(cloud, environment.Id);
        IReadOnlyDictionary<string, int>? whole = null;
        if (state.From is StartingPoint.Converged)
        {
            (await environment.RunAsync(environment.Up, ct)).Ended(0);
            whole = await CountAsync(cloud, ct);
        }

        foreach (var broken in state.Breaks)
        {
            yield return (broken.Name, state.Verb, () => MendedAsync(cloud, environment, state, broken, hands, whole, ct));
        }

        if (state.Verb == "up")
        {
            yield return (GoneOf(state), "down after it", () => GoneAsync(environment, ct));
        }
    }

    /// <summary>The name of the case that takes a state's environment away.</summary>
    public static string GoneOf(StartingState state) => $"{state.Name}: gone";

    /// <summary>The table: a row for each thing that was done by hand.</summary>
    public string Table()
    {
        var rows = log.Rows;
        var text = new StringBuilder();
        text.AppendLine("| what was done by hand | then | held | seconds | what it took |").AppendLine("|---|---|---|---|---|");
        foreach (var row in rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Case} | {row.Column} | {(row.Passed ? "yes" : "**no**")} | {row.Seconds:0} | {row.Detail.Replace('|', '/')} |");
        }

        return text.AppendLine().AppendLine(CultureInfo.InvariantCulture,
            $"{rows.Count(row => row.Passed)} held, {rows.Count(row => !row.Passed)} did not; {rows.Sum(row => row.Seconds) / 60:0} minutes of runs; commits {string.Join(", ", rows.Select(row => row.Commit).Distinct())}.").ToString();
    }

    private static async Task<string> MendedAsync(
        MatrixCloud cloud, MatrixEnvironment environment, StartingState state, HandMade broken, Hands hands, IReadOnlyDictionary<string, int>? whole, CancellationToken ct)
    {
        await broken.DoAsync(hands, ct);
        if (state.Verb == "down")
        {
            var gone = await environment.RunAsync(environment.Down, ct);
            await KeepsAsync();
            await environment.GoneAsync(gone, ct);
            return Describe(gone);
        }

        var run = await environment.RunAsync(environment.Up, ct);
        await KeepsAsync();
        await environment.ReachableAsync(run, ct);
        if (whole is not null)
        {
            var now = await CountAsync(cloud, ct);
            var copies = Counted.Where(kind => whole.GetValueOrDefault(kind) != now.GetValueOrDefault(kind))
                .Select(kind => $"{kind}: {whole.GetValueOrDefault(kind)} before, {now.GetValueOrDefault(kind)} now").ToList();
            Assert.True(copies.Count == 0, $"{string.Join(", ", copies)}\n{run.Story}");
        }

        await environment.NothingForNothingAsync(ct);
        return Describe(run);

        Task KeepsAsync() => broken.KeepsAsync?.Invoke(hands, ct) ?? Task.CompletedTask;
    }

    private static async Task<string> GoneAsync(MatrixEnvironment environment, CancellationToken ct)
    {
        var gone = await environment.RunAsync(environment.Down, ct);
        await environment.GoneAsync(gone, ct);
        return Describe(gone);
    }

    private static async Task<IReadOnlyDictionary<string, int>> CountAsync(MatrixCloud cloud, CancellationToken ct) =>
        (await cloud.CensusAsync(ct)).GroupBy(line => Counted.FirstOrDefault(kind => line.StartsWith(kind + " ", StringComparison.Ordinal)) ?? "")
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    private static string Describe(MayflyRun run)
    {
        var words = new List<string>();
        Add("adopted", run.Result.GetProperty("adopted").GetArrayLength());
        Add("pruned", run.Result.GetProperty("pruned").GetArrayLength());
        Add("retries", run.Events.Count(line => line.GetProperty("type").GetString() == "verdict_reached"));
        return string.Join(", ", words);

        void Add(string word, int count)
        {
            if (count > 0)
            {
                words.Add($"{word} {count.ToString(CultureInfo.InvariantCulture)}");
            }
        }
    }
}
