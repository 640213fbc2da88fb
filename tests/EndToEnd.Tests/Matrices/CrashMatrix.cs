using System.Globalization;

namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>
/// Promise 3 for crashes: <c>up</c> and <c>down</c> are killed, with terraform, providers and helm, at one event a case, and the same
/// command run again keeps promises 1, 2 and 4. A case of each is one life of an environment.
/// </summary>
public sealed class CrashMatrix(MatrixLog log)
{
    /// <summary>The column of the table.</summary>
    public const string Column = "kills survived";

    /// <summary>How many events each command has when nobody kills it: what there is to enumerate.</summary>
    public static async Task<(int Up, int Down)> CountAsync(MatrixCloud cloud, CancellationToken ct)
    {
        var environment = cloud.Next();
        var up = (await environment.RunAsync(environment.Up, ct)).Ended(0);
        var down = (await environment.RunAsync(environment.Down, ct)).Ended(0);
        return (up.Events.Count, down.Events.Count);
    }

    /// <summary>The name of a case.</summary>
    public static string NameOf(string command, int at) => $"{command} {at.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>One life with a kill in <c>up</c> and one in <c>down</c>; null: that command is left alone. False: a case failed.</summary>
    public async Task<bool> LiveAsync(MatrixCloud cloud, int? inUp, int? inDown, CancellationToken ct)
    {
        var environment = cloud.Next();
        var good = true;
        if (inUp is { } up)
        {
            var where = "after its end";
            good = await log.TryAsync(NameOf("up", up), () => $"up, {StageOf(where)}", Column, async () =>
            {
                where = await environment.KillAsync(environment.Up, up, ct) ?? where;
                await environment.ReachableAsync(await environment.RunAsync(environment.Up, ct), ct);
                await environment.NothingForNothingAsync(ct);
                return where;
            });
        }
        else
        {
            (await environment.RunAsync(environment.Up, ct)).Ended(0);
        }

        if (inDown is { } down)
        {
            var where = "after its end";
            return await log.TryAsync(NameOf("down", down), () => $"down, {StageOf(where)}", Column, async () =>
            {
                where = await environment.KillAsync(environment.Down, down, ct) ?? where;
                await environment.GoneAsync(await environment.RunAsync(environment.Down, ct), ct);
                return where;
            }) && good;
        }

        await environment.GoneAsync(await environment.RunAsync(environment.Down, ct), ct);
        return good;
    }

    /// <summary>The table: a row a stage, counted by where the kills hit.</summary>
    public string Table(int up, int down)
    {
        int Of(string command) => log.Rows.Count(row => row.Case.StartsWith($"{command} ", StringComparison.Ordinal));
        return $"Killed at {Of("up")} of {up} events of `up` and at {Of("down")} of {down} events of `down`.\n\n"
            + log.Table("command, stage", [Column], (_, _) => null);
    }

    // Events of the run itself have no stage; their type comes first then.
    private static string StageOf(string where) => where.Split(' ')[0] is var first && (first.Contains('_') || first is "result" or "after") ? "outside of stages" : first;
}
