using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Cli.Rendering;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly classify</c>: an error text on standard input to what it means and what to do.</summary>
internal static class ClassifyCommand
{
    private static readonly Option<bool> JsonLines = new("--jsonl")
    {
        Description = "Every line of standard input is a JSON object with a 'text' field, and 'tool' where it is known; answers with an object a line.",
    };

    private static readonly Option<string?> Tool = new("--tool")
    {
        Description = "Who printed the text: terraform, helm, kubectl, eso, aws or http.",
        HelpName = "NAME",
    };

    public static Command Create() =>
        new Command("classify", "Says what an error text on standard input means and what to do about it.") { JsonLines, Tool }.WithAction(async context =>
        {
            var rules = await RulesAsync(context);
            var input = Console.In;
            return context.Call.GetValue(JsonLines)
                ? await EachLineAsync(context, input, rules)
                : Whole(context, await input.ReadToEndAsync(context.Stop), rules);
        });

    // Without a configuration the built-in rules are all there are; one that is named, or lies here, has to be right.
    private static async Task<IReadOnlyList<FailureRule>> RulesAsync(CommandContext context) =>
        context.Call.GetValue(GlobalOptions.Config) is not null || File.Exists(context.ConfigurationPath)
            ? FailureRules.From((await context.ConfigurationAsync()).Failures)
            : [];

    private static int Whole(CommandContext context, string text, IReadOnlyList<FailureRule> rules)
    {
        var failure = FailureClassifier.Classify(context.Call.GetValue(Tool) ?? "", text, rules);
        if (context.Output == OutputMode.Json)
        {
            Answers.Close(context, "classified", result => Describe(failure, result));
            return ExitCodes.Holds;
        }

        var rows = new List<string[]>
        {
            new[] { "class", failure.Class },
            new[] { "disposition", FailureRules.Name(failure.Disposition) },
            new[] { "rule", failure.Rule },
        };
        if (failure.Remedy.Length > 0)
        {
            rows.Add(["remedy", failure.Remedy]);
        }

        rows.AddRange(failure.Next.Select(next => new[] { "next", next }));
        rows.AddRange(failure.Extract.Select(pair => new[] { pair.Key, pair.Value }));
        TableView.Write(context.Answer, ["", "what the text says"], rows);
        return ExitCodes.Holds;
    }

    private static async Task<int> EachLineAsync(CommandContext context, TextReader input, IReadOnlyList<FailureRule> rules)
    {
        var number = 0;
        while (await input.ReadLineAsync(context.Stop) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var (id, tool, text) = Read(line, number);
            var answer = new JsonObject();
            if (id is not null)
            {
                answer["id"] = id.DeepClone();
            }

            Describe(FailureClassifier.Classify(tool ?? context.Call.GetValue(Tool) ?? "", text, rules), answer);
            context.Answer.WriteLine(RunResult.Line(answer));
        }

        Answers.Close(context, "classified", result => result["lines"] = number);
        return ExitCodes.Holds;
    }

    private static (JsonNode? Id, string? Tool, string Text) Read(string line, int number)
    {
        try
        {
            if (JsonNode.Parse(line) is JsonObject row && row["text"] is JsonValue value && value.TryGetValue<string>(out var text))
            {
                return (row["id"], row["tool"] is JsonValue tool && tool.TryGetValue<string>(out var name) ? name : null, text);
            }
        }
        catch (JsonException)
        {
            // Said below, with the line's number.
        }

        throw new InvalidInputException([$"standard input, line {number}: not a JSON object with a text in 'text'"]);
    }

    private static void Describe(Failure failure, JsonObject answer)
    {
        answer["class"] = failure.Class;
        answer["disposition"] = FailureRules.Name(failure.Disposition);
        answer["rule"] = failure.Rule;
        answer["remedy"] = failure.Remedy;
        answer["next"] = Answers.Array(failure.Next);
        answer["extract"] = new JsonObject(failure.Extract.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
    }
}
