using System.CommandLine;
using System.Text.Json.Nodes;
using Mayfly.Cli.Rendering;
using Mayfly.Engine;
using Mayfly.Engine.Events;
using Mayfly.Engine.Leases;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly status</c>: what is known of one environment or all, from what lies beside the state.</summary>
internal static class StatusCommand
{
    public static Command Create() =>
        new Command("status", "Shows one environment or all: stages, age, URL, cost an hour, last failure.") { EnvironmentOptions.PullRequest }.WithAction(RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var configuration = await context.ConfigurationAsync();
        var only = context.Call.GetValue(EnvironmentOptions.PullRequest) is null ? null : (await context.EnvironmentAsync(needsBranch: false)).Id;
        IReadOnlyList<EnvironmentStatus> found;
        try
        {
            var world = World.Of(configuration, context.Variables, context.Clock);
            found = await EnvironmentStatus.ReadAsync(configuration, world.Store, only, context.Stop);
        }
        catch (Exception e) when (OutsideWorld.Classify(e) is { } failure)
        {
            Answers.Fail(context, failure);
            return ExitCodes.NeedsPerson;
        }

        if (context.Output == OutputMode.Text)
        {
            Show(context, found, only);
        }

        Answers.Close(context, "known", result => result["environments"] = new JsonArray([.. found.Select(status => Describe(status, context.Clock.GetUtcNow()))]));
        return ExitCodes.Holds;
    }

    private static void Show(CommandContext context, IReadOnlyList<EnvironmentStatus> found, string? only)
    {
        if (found.Count == 0)
        {
            context.Answer.WriteLine(only is null ? "no environments" : $"{only}: no environment");
            return;
        }

        var now = context.Clock.GetUtcNow();
        TableView.Write(
            context.Answer,
            ["environment", "state", "last run", "age", "url", "an hour", "failure"],
            found.Select(status => (string[])
            [
                status.Id, State(status), status.Run.Command, Age(status, now), status.Run.Url ?? "", Price(status), status.Run.Failure?.Summary ?? "",
            ]));
        if (only is not null)
        {
            TableView.Write(
                context.Answer,
                ["stage", "outcome", "took", "attempts", ""],
                found[0].Run.Stages.Select(stage => (string[])
                [
                    stage.Name, Word(stage.State), RunSummary.Elapsed(stage.Seconds),
                    stage.Attempts.ToString(System.Globalization.CultureInfo.InvariantCulture), stage.Detail,
                ]));
        }
    }

    private static JsonNode Describe(EnvironmentStatus status, DateTimeOffset now) => new JsonObject
    {
        ["environment"] = status.Id,
        ["state"] = State(status),
        ["holder"] = status.Holder is { } holder ? $"{holder.Host}, process {holder.Pid}" : null,
        ["cost_an_hour"] = status.Cost is { } cost ? Math.Round(cost.AnHour, 4) : null,
        ["created"] = status.Record?.Created,
        ["ends"] = status.Record?.Ends,
        ["sleeps"] = status.Record?.Sleeps ?? false,
        ["seconds_since"] = status.Run.Sequence == 0 ? null : Math.Round((now - status.Run.Latest).TotalSeconds),
        ["run"] = status.Run.Sequence == 0 ? null : JsonNode.Parse(RunResult.Line(status.Run)),
    };

    private static string State(EnvironmentStatus status) =>
        status.Holder is { } holder ? $"{holder.Command} on {holder.Host}" : (status.Run.Outcome ?? "interrupted").Replace('_', ' ');

    private static string Price(EnvironmentStatus status) =>
        status.Cost is { } cost ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"~${cost.AnHour:0.00}") : "";

    private static string Age(EnvironmentStatus status, DateTimeOffset now) =>
        status.Run.Sequence == 0 ? "" : RunSummary.Elapsed(Math.Max(10, (now - status.Run.Latest).TotalSeconds));

    private static string Word(StageState state) => state is StageState.Running or StageState.Waiting ? "interrupted" : state.ToString().ToLowerInvariant();
}
