using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Cli.Rendering;
using Mayfly.Engine;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Secrets;
using Spectre.Console;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly secrets check / ensure / set</c>: the secret contract. Values are never printed and never arguments.</summary>
internal static class SecretsCommand
{
    private static readonly Argument<string> Secret = new("secret") { Description = "Id of the secret, as 'check' shows it." };

    private static readonly Argument<string?> Key = new("key")
    {
        Description = "The key; without one, standard input holds a JSON object of keys and values.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create() => new("secrets", "The secret contract. Values are never shown.")
    {
        EnvironmentOptions.AddTo(new Command("check", "Checks every secret and key; writes nothing."))
            .WithAction(context => TableAsync(context, (contract, ct) => contract.CheckAsync(ct))),
        EnvironmentOptions.AddTo(new Command("ensure", "Creates what is missing and fills it from the configured sources."))
            .WithAction(context => TableAsync(context, (contract, ct) => contract.EnsureAsync(ct))),
        EnvironmentOptions.AddTo(new Command("set", "Sets a value, read from standard input.") { Secret, Key }).WithAction(SetAsync),
    };

    private static async Task<int> TableAsync(
        CommandContext context, Func<SecretContract, CancellationToken, Task<IReadOnlyList<SecretFinding>>> look)
    {
        if (await OpenAsync(context) is not { } contract)
        {
            return ExitCodes.NeedsPerson;
        }

        IReadOnlyList<SecretFinding> findings;
        try
        {
            findings = await look(contract, context.Stop);
        }
        catch (Exception e) when (OutsideWorld.Classify(e) is { } failure)
        {
            Answers.Fail(context, failure);
            return ExitCodes.NeedsPerson;
        }

        var holds = findings.All(finding => finding.State != SecretState.Broken);
        if (context.Output == OutputMode.Text)
        {
            TableView.Write(
                context.Answer,
                ["secret", "key", "state", "where it broke", "why", "what to do"],
                findings.Select(finding => (string[])[finding.Secret, finding.Key, Word(finding.State), finding.Broke == SecretLink.None ? "" : Word(finding.Broke), finding.Problem, finding.Next]));
        }

        Answers.Close(context, holds ? "satisfied" : "broken", result =>
        {
            result["changed"] = findings.Any(finding => finding.State == SecretState.Written);
            result["secrets"] = new JsonArray([.. findings.Select(Row)]);
        });
        return holds ? ExitCodes.Holds : ExitCodes.NeedsPerson;
    }

    private static async Task<int> SetAsync(CommandContext context)
    {
        if (await OpenAsync(context) is not { } contract)
        {
            return ExitCodes.NeedsPerson;
        }

        var id = context.Call.GetRequiredValue(Secret);
        var values = context.Call.GetValue(Key) is { } key
            ? new Dictionary<string, string> { [key] = await ReadValueAsync(context, key) }
            : ReadObject(await ReadInputAsync(context));
        try
        {
            await contract.SetAsync(id, values, context.Stop);
        }
        catch (Exception e) when (OutsideWorld.Classify(e) is { } failure)
        {
            Answers.Fail(context, failure);
            return ExitCodes.NeedsPerson;
        }

        context.Words.WriteLine($"{id}: {string.Join(", ", values.Keys)} set");
        Answers.Close(context, "set", result =>
        {
            result["changed"] = true;
            result["secret"] = id;
            result["keys"] = Answers.Array(values.Keys);
        });
        return ExitCodes.Holds;
    }

    // Null when AWS could not say which account this is; that was told already.
    private static async Task<SecretContract?> OpenAsync(CommandContext context)
    {
        var identity = await context.EnvironmentAsync(needsBranch: false);
        var configuration = await context.ConfigurationAsync();
        var world = World.Of(configuration, context.Variables, context.Clock);
        var blueprint = new Blueprint(configuration, identity);
        try
        {
            blueprint.Account = await world.Account.AccountIdAsync(context.Stop);
        }
        catch (Exception e) when (OutsideWorld.Classify(e) is { } failure)
        {
            Answers.Fail(context, failure);
            return null;
        }

        return new SecretContract(world.Session.CreateSecretsManager(), blueprint, context.Variables.Variables, context.Redactor);
    }

    // A read from a terminal or pipe cannot be called back; an interrupt leaves it behind.
    private static Task<string> ReadInputAsync(CommandContext context) => Task.Run(Console.In.ReadToEnd).WaitAsync(context.Stop);

    private static async Task<string> ReadValueAsync(CommandContext context, string key)
    {
        if (Console.IsInputRedirected)
        {
            // What a pipe adds at the end is no part of the value.
            return (await ReadInputAsync(context)).TrimEnd('\r', '\n');
        }

        return await TableView.Console(context.Words).PromptAsync(new TextPrompt<string>($"{Markup.Escape(key)}:").Secret(), context.Stop);
    }

    private static Dictionary<string, string> ReadObject(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject { Count: > 0 } parsed)
            {
                return parsed.ToDictionary(
                    pair => pair.Key,
                    pair => pair.Value is JsonValue value && value.TryGetValue<string>(out var plain) ? plain : pair.Value?.ToJsonString() ?? "");
            }
        }
        catch (JsonException)
        {
            // Said below; the text itself may be a secret.
        }

        throw new InvalidInputException("without a key, standard input must hold a JSON object of keys and values");
    }

    private static JsonNode Row(SecretFinding finding) => new JsonObject
    {
        ["secret"] = finding.Secret,
        ["key"] = finding.Key,
        ["state"] = Word(finding.State),
        ["broke"] = finding.Broke == SecretLink.None ? null : Word(finding.Broke),
        ["problem"] = finding.Problem,
        ["next"] = finding.Next,
    };

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
