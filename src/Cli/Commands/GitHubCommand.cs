using System.CommandLine;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Mayfly.Cli.GitHub;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.GitHub.Client;
using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Flow;
using Mayfly.GitHub.Payloads;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly github</c>: acts on a GitHub event; what the workflow calls.</summary>
internal static class GitHubCommand
{
    private static readonly Option<string> Event = new("--event")
    {
        Description = "File with the event's payload; by default what GITHUB_EVENT_PATH names.",
        HelpName = "FILE",
    };

    private static readonly Option<string> EventName = new("--event-name")
    {
        Description = "Name of the event; by default what GITHUB_EVENT_NAME says.",
        HelpName = "NAME",
    };

    private static readonly Option<bool> DecideOnly = new("--decide")
    {
        Description = "Say what is to be done, and answer what needs no cloud; needs no cloud credentials.",
    };

    public static Command Create() =>
        new Command("github", "Acts on a GitHub event: makes, updates or removes the pull request's environment, and tells how it went.")
        {
            Event, EventName, DecideOnly, EnvironmentOptions.PullRequest,
        }.WithAction(RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var happened = Read(context);
        var access = GitHubAccess.From(context.Variables);
        if (access is not null)
        {
            context.Redactor.Learn(access.Token);
        }

        var named = Scheduled.NumberOf(context, happened.Name);
        using var github = access is null ? null : new GitHubRepository(access, context.Clock);
        var only = context.Call.GetValue(DecideOnly);
        var settings = (only ? ConfigurationLoader.Load(context.ConfigurationPath) : await context.ConfigurationAsync()).Github;
        var warnings = new List<string>();
        if (happened.Name == Scheduled.EventName)
        {
            return await ByScheduleAsync(context, happened, named, github, access);
        }

        var decision = await PullFlow.DecideAsync(happened, github, settings, warnings.Add, context.Stop);
        var outputs = DecisionOutputs.Of(decision, happened);
        if (only)
        {
            WriteOutputs(context, outputs.Lines(context.Variables["GITHUB_RUN_ID"]));
        }

        return !only && decision is (Decision.Converge or Decision.TearDown or Decision.Answer { Command.Verb: PreviewVerb.Sleep })
            ? await RunsAsync(context, happened, decision, github, access, warnings)
            : await AnswersAsync(context, happened, decision, only && outputs.Acts ? null : github, access, warnings, outputs);
    }

    // First without a number, to find what is to end; then once for each, when its turn has come.
    private static async Task<int> ByScheduleAsync(CommandContext context, EventPayload happened, int? named, GitHubRepository? github, GitHubAccess? access)
    {
        var feed = new RunFeed(context.Clock, context.Redactor);
        var told = feed.Subscribe();
        var flow = await FlowAsync(context, github, access, feed);
        var found = await Scheduled.AskAsync(async () => named is null ? new Found(await flow.FindOutlivedAsync(context.Stop), null)
            : new Found([], await flow.DecideOutlivedAsync(named.Value, context.Stop)));
        feed.Complete();
        var warnings = await WarningsAsync(told);
        if (!found.Is(out var answer, out var failure))
        {
            Answers.Fail(context, failure);
            return ExitCodes.NeedsPerson;
        }

        if (answer.Decision is Decision.TearDown tearDown)
        {
            return await RunsAsync(context, happened, tearDown, github, access, warnings);
        }

        var words = answer.Decision is { } none ? none.Because : Scheduled.Words(answer.Outlived);
        WriteOutputs(context, Scheduled.Lines(answer.Outlived));
        Say(context, words, warnings);
        Answers.Close(context, answer.Decision is { } decided ? DecisionOutputs.Name(decided) : "known", result =>
        {
            result["because"] = words;
            result["outlived"] = new JsonArray([.. answer.Outlived.Select(number => (JsonNode)number)]);
            result["warnings"] = Answers.Array(warnings);
        });
        return ExitCodes.Holds;
    }

    private static async Task<int> RunsAsync(
        CommandContext context, EventPayload happened, Decision decision, GitHubRepository? github, GitHubAccess? access, IReadOnlyList<string> warnings)
    {
        var feed = new RunFeed(context.Clock, context.Redactor);
        var showing = context.ShowAsync(feed);
        RunSnapshot shown;
        Engine.RunEnd? end;
        try
        {
            feed.Publish(new Decided(DecisionOutputs.Name(decision), decision.Because));
            foreach (var warning in warnings)
            {
                feed.Publish(new Warned("github", warning));
            }

            end = await (await FlowAsync(context, github, access, feed)).ActAsync(happened, decision, context.Stop);
        }
        finally
        {
            feed.Complete();
            shown = await showing;
        }

        WriteOutputs(context, [$"environment={shown.Environment}", $"outcome={shown.Outcome ?? "interrupted"}", $"url={shown.Url}"]);
        return end is null ? ExitCodes.Holds : ExitCodes.Of(end.Ending);
    }

    // No run of the engine: words for people, one object for programs.
    private static async Task<int> AnswersAsync(
        CommandContext context, EventPayload happened, Decision decision, GitHubRepository? github, GitHubAccess? access,
        List<string> warnings, DecisionOutputs outputs)
    {
        if (github is not null)
        {
            var feed = new RunFeed(context.Clock, context.Redactor);
            var events = feed.Subscribe();
            await (await FlowAsync(context, github, access, feed)).ActAsync(happened, decision, context.Stop);
            feed.Complete();
            warnings.AddRange(await WarningsAsync(events));
        }

        Say(context, $"{outputs.Word.Replace('_', ' ')}: {outputs.Because}", warnings);

        Answers.Close(context, outputs.Word, result =>
        {
            outputs.Fill(result);
            result["warnings"] = Answers.Array(warnings);
        });
        return ExitCodes.Holds;
    }

    private static async Task<IReadOnlyList<string>> WarningsAsync(ChannelReader<RunEvent> events)
    {
        var warnings = new List<string>();
        await foreach (var happened in events.ReadAllAsync())
        {
            warnings.AddRange(happened is Warned { Message: var message } ? [message] : []);
        }

        return warnings;
    }

    private static void Say(CommandContext context, string words, IReadOnlyList<string> warnings)
    {
        context.Words.WriteLine(words);
        foreach (var warning in warnings)
        {
            context.Error.WriteLine($"warning: {warning}");
        }
    }

    private static async Task<PullFlow> FlowAsync(CommandContext context, GitHubRepository? github, GitHubAccess? access, RunFeed feed)
    {
        var configuration = await context.ConfigurationAsync();
        return new PullFlow(github, configuration.Github, new EngineEnvironments(context, configuration), feed, context.Clock, access?.RunUrl);
    }

    private static EventPayload Read(CommandContext context)
    {
        var path = context.Call.GetValue(Event) ?? context.Variables["GITHUB_EVENT_PATH"];
        var name = context.Call.GetValue(EventName) ?? context.Variables["GITHUB_EVENT_NAME"];
        if (string.IsNullOrEmpty(path) || string.IsNullOrEmpty(name))
        {
            throw new InvalidInputException("there is no event: name it with --event and --event-name; a workflow has both in GITHUB_EVENT_PATH and GITHUB_EVENT_NAME");
        }

        if (!File.Exists(path))
        {
            throw new InvalidInputException($"there is no event file '{path}'");
        }

        return PayloadReader.TryRead(name, File.ReadAllBytes(path))
            ?? throw new InvalidInputException($"the event file '{path}' holds no JSON object");
    }

    private static void WriteOutputs(CommandContext context, IEnumerable<string> lines)
    {
        if (context.Variables["GITHUB_OUTPUT"] is { Length: > 0 } path)
        {
            // One line each: a value with a line end would be another output.
            File.AppendAllLines(path, lines.Select(line => line.ReplaceLineEndings(" ")));
        }
    }

    private sealed record Found(IReadOnlyList<int> Outlived, Decision? Decision);
}
