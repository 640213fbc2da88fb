using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mayfly.Cli.Rendering;
using Mayfly.Engine;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Teardown;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly sweep</c>: finds what no open pull request owns, and with <c>--delete</c> removes it.</summary>
internal static class SweepCommand
{
    private static readonly Option<bool> Delete = new("--delete") { Description = "Remove what is found." };

    private static readonly Option<string[]> Open = new("--open")
    {
        Description = "Numbers of the open pull requests; what they own is left alone.",
        HelpName = "N",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Command Create() =>
        new Command("sweep", "Finds what no open pull request owns.") { Delete, Open, EnvironmentOptions.PullRequest }.WithAction(RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var configuration = await context.ConfigurationAsync();
        var world = World.Of(configuration, context.Variables, context.Clock);
        var sweep = Sweep.Of(world.Session, configuration.Environment.Zone);
        var ownership = OwnershipFor(context, configuration.Project);
        var seen = await sweep.FindAsync(ownership, context.Stop);
        IReadOnlyList<Failure> failures = [];
        if (context.Call.GetValue(Delete) && seen.Found.Count > 0)
        {
            failures = await Sweep.RemoveAsync(
                seen, leftover => context.Words.WriteLine($"removed {leftover}"), _ => Task.FromResult<Failure?>(null), context.Stop);
            seen = await sweep.FindAsync(ownership, context.Stop);
        }

        Show(context, sweep, seen, failures);
        Answers.Close(context, seen.IsClean ? "clean" : "left", result =>
        {
            result["changed"] = context.Call.GetValue(Delete) && failures.Count == 0;
            result["looked_at"] = Answers.Array(sweep.Looks);
            result["left"] = new JsonArray([.. seen.Leftovers.Select(Describe)]);
            result["doubts"] = Answers.Array(seen.Doubts.Select(doubt => doubt.Summary));
        });
        return seen.IsClean ? ExitCodes.Holds : ExitCodes.Left;
    }

    private static Ownership OwnershipFor(CommandContext context, string project)
    {
        if (context.Call.GetValue(EnvironmentOptions.PullRequest) is { } number)
        {
            return Ownership.Of(project, $"pr-{Number(number)}");
        }

        var open = (context.Call.GetValue(Open) ?? []).Select(word => $"pr-{Number(word)}").ToHashSet(StringComparer.Ordinal);
        return new Ownership(project, id => !open.Contains(id), only: null);
    }

    private static int Number(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new Engine.Configuration.InvalidInputException($"'{word}' is no pull request; it takes a number from 1 on");

    private static void Show(CommandContext context, Sweep sweep, SweepResult seen, IReadOnlyList<Failure> failures)
    {
        if (context.Output == OutputMode.Text)
        {
            context.Words.WriteLine($"looked at {string.Join("; ", sweep.Looks)}");
            if (seen.Found.Count > 0)
            {
                TableView.Write(context.Answer, ["environment", "kind", "id", "known by"],
                    seen.Leftovers.Select(left => (string[])[left.Owner, left.Kind, left.Id, left.Why]));
            }
        }

        foreach (var failure in seen.Doubts.Concat(failures))
        {
            context.Error.WriteLine(failure.Summary);
        }
    }

    private static JsonNode Describe(Leftover left) =>
        new JsonObject { ["environment"] = left.Owner, ["kind"] = left.Kind, ["id"] = left.Id, ["why"] = left.Why };
}
