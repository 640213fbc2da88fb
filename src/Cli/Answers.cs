using System.Text.Json.Nodes;
using Mayfly.Cli.Rendering;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;

namespace Mayfly.Cli;

/// <summary>Answers of commands that are no runs: tables for people, one <c>result</c> object for programs.</summary>
internal static class Answers
{
    /// <summary>Writes the closing object when programs read; otherwise nothing.</summary>
    public static void Close(CommandContext context, string outcome, Action<JsonObject>? fill = null)
    {
        if (context.Output == OutputMode.Json)
        {
            var result = new JsonObject { ["type"] = "result", ["outcome"] = outcome };
            fill?.Invoke(result);
            context.Answer.WriteLine(RunResult.Line(result));
        }
    }

    /// <summary>Says why nothing was done.</summary>
    public static void Refuse(CommandContext context, IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
        {
            context.Error.WriteLine(problem);
        }

        var failure = new Failure(
            "invalid-input", "config_invalid", Disposition.FailPermanentUser, problems[0], "", ["Correct what is listed and run it again."], problems,
            new Dictionary<string, string>());
        Close(context, "invalid", result => result["failure"] = RunResult.Describe(failure, null));
    }

    /// <summary>Shows a failure of the outside world that a command met.</summary>
    public static void Fail(CommandContext context, Failure failure, string? stage = null)
    {
        context.Error.WriteLine(failure.Summary);
        foreach (var line in failure.Evidence.Select(evidence => $"  {evidence}").Concat(failure.Next.Select(next => $"-> {next}")))
        {
            context.Error.WriteLine(context.Redactor.Redact(line));
        }

        Close(context, "failed", result => result["failure"] = RunResult.Describe(failure, stage));
    }

    /// <summary>Texts as a JSON array.</summary>
    public static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
