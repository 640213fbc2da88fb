using System.CommandLine;
using System.CommandLine.Help;
using Mayfly.Cli.Commands;
using Mayfly.Engine.Environments;

namespace Mayfly.Cli;

/// <summary>The command line: every verb, and what to do with a call that is none.</summary>
public static class CommandLine
{
    /// <summary>Where this program lies.</summary>
    public static string Folder { get; } = AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar);

    /// <summary>The root with all its commands.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("Gives every pull request its own cluster, repairs it until people can reach it, and proves that it is gone.")
        {
            UpCommand.Create(),
            DownCommand.Create(),
            PlanCommand.Create(),
            StatusCommand.Create(),
            ExplainCommand.Create(),
            StageCommand.Create(),
            SweepCommand.Create(),
            ValuesCommand.Create(),
            SecretsCommand.Create(),
            GitHubCommand.Create(),
            ClassifyCommand.Create(),
            InitCommand.Create(),
            ValidateCommand.Create(),
            DoctorCommand.Create(),
            LocalCommands.Create(),
            TokenCommand.Create(),
        };
        foreach (var option in GlobalOptions.All)
        {
            root.Options.Add(option);
        }

        return root;
    }

    /// <summary>Runs a call and gives its exit code.</summary>
    /// <param name="arguments">The call.</param>
    /// <param name="clock">The clock that the process goes by; null: the machine's.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TimeProvider? clock = null)
    {
        CommandContext.ProcessClock = clock ?? TimeProvider.System;
        var result = Create().Parse(arguments);
        if (result.Errors.Count > 0 && result.Action is not (HelpAction or System.CommandLine.Invocation.SynchronousCommandLineAction { ClearsParseErrors: true }))
        {
            foreach (var error in result.Errors)
            {
                await Console.Error.WriteLineAsync(Explain(result, error.Message));
            }

            await Console.Error.WriteLineAsync($"'{Path(result.CommandResult.Command, result)} --help' shows what it takes.");
            return ExitCodes.Invalid;
        }

        // Terraform's providers ask for a cluster's login by this program's name.
        Environment.SetEnvironmentVariable("PATH", $"{Environment.GetEnvironmentVariable("PATH")}{System.IO.Path.PathSeparator}{Folder}");

        // Signals are the session's business (CommandSession): a run is interrupted, never cut off.
        return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    // The library says what is unknown; the nearest known word is worth more than a list.
    private static string Explain(ParseResult result, string message)
    {
        var word = result.UnmatchedTokens.FirstOrDefault(token => message.Contains($"'{token}'", StringComparison.Ordinal));
        var command = result.CommandResult.Command;
        var known = word?.StartsWith('-') is true
            ? command.Options.Concat(GlobalOptions.All).Select(option => option.Name)
            : command.Subcommands.Select(sub => sub.Name);
        var nearest = word is null ? null : Nearest.To(word, known);
        return word is null ? message
            : $"'{word}' is no {(word.StartsWith('-') ? "option" : "command")} of '{Path(command, result)}'"
                + (nearest is null ? "." : $"; did you mean '{nearest}'?");
    }

    private static string Path(Command command, ParseResult result) =>
        command is RootCommand ? "mayfly" : $"{Path(command.Parents.OfType<Command>().First(), result)} {command.Name}";
}
